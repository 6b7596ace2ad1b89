"""Money goes back: rules that histories of many deeds have taught."""

from core.orders import OrderState
from core.tills import ChargeState
from tests.money.process import World
from tests.money.setting import DESK, Setting
from tests.money.truth import wrongs_at_rest


async def test_nothing_is_given_back_before_a_till_has_said_whether_it_took_the_rest(world: World) -> None:
    setting = Setting(world)
    await setting.staffed()
    await setting.credit("ada", 200)
    order = (await setting.paying()).order
    await setting.asked_in_vain()
    await setting.done(setting.press("olga", f"refund:{order.id}", place=DESK))
    held = await setting.order("ada")
    assert held.order.state is OrderState.PAYING
    assert {charge.state for charge in held.charges} == {ChargeState.PAID, ChargeState.REQUESTED}
    await setting.done(
        setting.press("olga", f"retry:{order.id}", place=DESK),
        setting.press("olga", f"refund:{order.id}", place=DESK),
    )
    assert wrongs_at_rest(await world.ground.rows(), world.purses, world.received) == []
