"""An order keeps the rules that it was bought under, whatever becomes of the house's (A27)."""

from datetime import timedelta

from core.rules import HouseRules, Retention, Windows
from tests.databases import EVERY
from tests.desk.studio import START, Studio

pytestmark = EVERY

DAY = timedelta(days=1)
STINGIER = HouseRules(
    windows=Windows(first_days=1, again_days=1, unopened_days=1), retention=Retention(project_days=2)
)


async def test_the_free_days_are_those_that_were_bought(studio: Studio) -> None:
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    studio.goes_by(STINGIER)
    await studio.masters()
    assert "Changes are free for 5 days" in studio.last("ada").text
    assert (await studio.project("ada")).order.deadline == START + 5 * DAY  # A11


async def test_files_are_kept_as_long_as_was_bought(studio: Studio) -> None:
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    await studio.masters()
    studio.goes_by(STINGIER)
    await studio.presses("ada", "Approve")
    assert (await studio.project("ada")).order.kept_until == START + (5 + 28) * DAY  # A16


async def test_what_is_only_offered_goes_by_the_rules_of_the_day(studio: Studio) -> None:
    await studio.drops("ada", "song.wav")
    await studio.checks()
    studio.goes_by(STINGIER)
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    await studio.masters()
    assert (await studio.project("ada")).order.deadline == START + 1 * DAY


async def test_a_payment_that_fails_has_bought_nothing(studio: Studio) -> None:
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    await studio.settles(provider_id=None, declined="insufficient")
    assert (await studio.project("ada")).order.bought is None


async def test_the_terms_say_what_has_changed_since_they_were_accepted(studio: Studio) -> None:
    await studio.commands("ada", "terms")
    assert studio.last("ada").text.startswith("Terms of Lathe, version 2026-11-1 of 1 November 2026\n1. ")
    assert "accepted" not in studio.last("ada").text
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    await studio.commands("ada", "terms")
    assert "You accepted these terms with order 1000." in studio.last("ada").text
    studio.goes_by(STINGIER.model_copy(update={"terms_version": "2027-1"}))
    await studio.commands("ada", "terms")
    told = studio.last("ada").text
    assert "Changed since version 2026-11-1, which you accepted with order 1000" in told
    assert "  no longer: Storage: files are kept for 28 days after completion." in told
    assert "  new: Storage: files are kept for 2 days after completion." in told


async def test_what_has_changed_is_told_in_the_language_that_was_accepted(studio: Studio) -> None:
    await studio.commands("ada", "language de")
    await studio.drops("ada", "song.wav")
    await studio.checks()
    await studio.presses("ada", "6")
    await studio.settles()
    await studio.commands("ada", "language en")
    await studio.commands("ada", "terms")
    assert "You accepted these terms with order 1000." in studio.last("ada").text


async def test_what_was_made_before_it_is_paid_costs_what_it_did_when_it_was_asked_for(
    studio: Studio,
) -> None:
    studio.charges("before-files")
    await studio.drops("ada", "midnight drive.wav")
    await studio.checks()
    await studio.presses("ada", "Make a preview")
    studio.prices(900)
    await studio.masters()
    await studio.presses("ada", "Pay $6")
    await studio.settles()
    assert (await studio.project("ada")).order.price == studio.rules.money(600)
