"""The deeds of the staff have names in the language of who reads of them."""

from bots.catalogues import load_catalogues
from core.desk import forms, pressing
from core.desk.staffing import deeds
from core.people import Role

LANGUAGES = load_catalogues()


def test_every_button_and_form_of_the_staff_has_a_name() -> None:
    say = LANGUAGES.voice("en")
    known = {*pressing.OF_STAFF, *pressing.OF_THREAD, *forms.OF_STAFF}
    assert {what for what in known if deeds.named(say, what) == what} == set()


def test_a_command_is_named_as_it_is_typed() -> None:
    assert deeds.named(LANGUAGES.voice("de"), "/grant") == "/grant"


def test_deeds_and_roles_are_told_in_german() -> None:
    say = LANGUAGES.voice("de")
    assert deeds.named(say, "let-go") == "Zurückgeben"
    assert [deeds.role(say, role) for role in Role] == [
        "Inhaber",
        "Leitung",
        "Toningenieur",
        "Support",
        "Beobachter",
    ]
