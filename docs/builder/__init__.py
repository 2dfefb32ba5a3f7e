"""docs/ as a site: plain pages, no script, nothing from another host."""
