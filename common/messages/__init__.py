"""What the parties say to each other (spec chapter 8): frozen dataclasses, read strictly, written canonically."""
