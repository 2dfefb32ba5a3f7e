"""Made-up people: common Estonian names with valid, distinct personal codes.

The serial part of every code is 900 or more, so that an accidental match with a real person's code is unlikely.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from common.eid.personal_code import check_digit


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _names(
    """
    Anna Anne Anneli Anu Ave Ene Epp Eve Eha Evelin Heli Helgi Imbi Ingrid Kadri Kaja Katrin Kersti Kristi Kristiina
    Küllike Külli Leelo Liis Liisa Maarja Malle Mare Maret Mari Maria Marika Merike Moonika Õie Õnne Pille Piret Reet
    Riina Signe Sirje Tiina Tiiu Triin Ülle Urve Vaike Virve
    """
)
MEN = _names(
    """
    Aivar Ain Alar Andres Andrus Ants Arvo Enn Hannes Heino Indrek Jaak Jaan Jaanus Janno Jüri Kaarel Kalev Kalle
    Kristjan Lembit Madis Margus Mart Marko Martin Mati Meelis Mihkel Märt Olev Peeter Priit Raivo Rein Siim Sulev
    Taavi Tanel Tarmo Tiit Toomas Tõnis Tõnu Urmas Üllar Ülo Väino Vello Viljar
    """
)
SURNAMES = _names(
    """
    Aas Aasa Adamson Allik Anderson Arro Aru Eller Ernits Hansen Härm Hein Hunt Ilves Jaanson Jakobson Järv Jõgi
    Johanson Jürgenson Käär Kaasik Kalda Kallas Kalm Kangur Karu Kask Kikas Kirs Kivi Kõiv Kokk Koppel Kotkas Kroon
    Kruus Kukk Kull Kurg Kuus Kuusik Kuusk Kütt Laan Laas Lang Laur Lepik Lepp Leppik Liiv Lill Linn Lõhmus Luik Luts
    Maasik Mägi Mändla Männik Meier Mets Mölder Must Niit Nõmm Nõmmik Noor Nurk Nurm Oja Õun Õunapuu Öpik Orav Org
    Ots Pääsuke Paas Paju Palm Palu Pärn Pärtel Peterson Pihlak Piir Põder Põld Põldma Poom Puusepp Rand Rätsep Raud
    Raudsepp Rebane Reimann Roos Rüütel Saar Saks Salumäe Sander Sarapuu Sarv Sepp Sibul Sild Soo Soosaar Suits Susi
    Täht Tali Talts Tamm Tamme Tammik Teder Tomingas Toom Treier Truu Tuisk Uibo Unt Uustalu Vaher Valk Vares Veski
    Viik Viira Võsu
    """
)
_FIRST_BIRTH = date(1930, 1, 1)
_LAST_BIRTH = date(2007, 12, 31)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an ID card to come; `code` is the 11-digit personal code."""

    given_name: str
    surname: str
    code: str

    @classmethod
    def named(cls, name: str, code: str) -> Person:
        """From a name as a roll has it: the last word is the surname, also if it is the only one."""
        given, _, surname = name.rpartition(" ")
        return cls(given or surname, surname, code)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"


def people(count: int, seed: int) -> list[Person]:
    """`count` persons with distinct codes, always the same for a seed; at most 1,000,000."""
    if not 0 <= count <= 1_000_000:
        raise ValueError("between 0 and 1,000,000 people")
    source = random.Random(seed)
    found: dict[str, Person] = {}
    while len(found) < count:
        person = _person(source)
        found.setdefault(person.code, person)
    return list(found.values())


def _person(source: random.Random) -> Person:
    woman = source.random() < 0.5
    birth = _FIRST_BIRTH + timedelta(days=source.randrange((_LAST_BIRTH - _FIRST_BIRTH).days + 1))
    century = (3 if birth.year < 2000 else 5) + woman
    first_ten = f"{century}{birth:%y%m%d}{source.randrange(900, 1000)}"
    given_name = source.choice(WOMEN if woman else MEN)
    return Person(given_name, source.choice(SURNAMES), first_ten + check_digit(first_ten))
