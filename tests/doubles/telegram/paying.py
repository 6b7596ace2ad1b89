"""Methods about money: invoices, the word before a payment, refunds, the balance in Stars."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.doubles.telegram.calls import Objects
from tests.doubles.telegram.editing import TOO_OLD
from tests.doubles.telegram.refusals import bad
from tests.doubles.telegram.sending import Sending, buttons
from tests.doubles.telegram.state import Button, Invoice, Json
from tests.doubles.telegram.world import Methods, World

STARS = "XTR"


@dataclass(frozen=True, kw_only=True)
class Priced:
    """What an invoice says."""

    title: str
    description: str
    payload: str
    currency: str
    prices: Objects
    provider_token: str = ""
    photo_url: str = ""

    def invoice(self, start: str = "") -> Invoice:
        """The invoice; Refusal if the platform would not have it."""
        for name, value, most in (
            ("title", len(self.title), 32),
            ("description", len(self.description), 255),
            ("payload", len(self.payload.encode()), 128),
        ):
            if not 1 <= value <= most:
                raise bad(f"INVOICE_{name.upper()}_INVALID")
        if not self.prices or any(not isinstance(price.get("amount"), int) for price in self.prices):
            raise bad("can't parse prices")
        amount = sum(price["amount"] for price in self.prices)
        if self.currency == STARS and (len(self.prices) != 1 or self.provider_token or amount < 1):
            raise bad("STARS_INVOICE_INVALID")
        if self.currency != STARS and not self.provider_token:
            raise bad("PAYMENT_PROVIDER_INVALID")
        return Invoice(self.title, self.description, self.payload, self.currency, amount, start)


@dataclass(frozen=True, kw_only=True)
class SendInvoice(Priced, Sending):
    start_parameter: str = ""


@dataclass(frozen=True, kw_only=True)
class CreateInvoiceLink(Priced):
    subscription_period: int = 0


@dataclass(frozen=True, kw_only=True)
class AnswerPreCheckoutQuery:
    pre_checkout_query_id: str
    ok: bool
    error_message: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundStarPayment:
    user_id: int
    telegram_payment_charge_id: str


@dataclass(frozen=True, kw_only=True)
class GetStarTransactions:
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class GetMyStarBalance:
    pass


def send_invoice(world: World, call: SendInvoice) -> Json:
    invoice = call.invoice(call.start_parameter)
    rows = buttons(call.reply_markup)
    if rows and not rows[0][0].pay:
        raise bad("REPLY_MARKUP_FIRST_BUTTON_INVALID")
    sent = call.post(world, invoice=invoice)
    sent.rows = rows or ((Button(f"Pay {invoice.amount} {invoice.currency}", pay=True),),)
    return sent.json()


def create_invoice_link(world: World, call: CreateInvoiceLink) -> str:
    link = f"https://t.me/$invoice{next(world.numbers)}"
    world.links[link] = call.invoice()
    return link


def answer_pre_checkout_query(world: World, call: AnswerPreCheckoutQuery) -> bool:
    checkout = world.checkouts.get(call.pre_checkout_query_id)
    if checkout is None or checkout.over or checkout.refusal is not None:
        raise bad(TOO_OLD)
    if not call.ok and not call.error_message:
        raise bad("ERROR_MESSAGE_EMPTY")
    checkout.refusal = "" if call.ok else call.error_message
    return True


def refund_star_payment(world: World, call: RefundStarPayment) -> bool:
    """The message about it is told as the payer's own; the platform does not say whose it is."""
    payment = world.payments.get(call.telegram_payment_charge_id)
    if payment is None or payment.person.id != call.user_id or payment.invoice.currency != STARS:
        raise bad("CHARGE_ID_INVALID")
    if payment.refunded:
        raise bad("CHARGE_ALREADY_REFUNDED")
    payment.refunded = True
    service = {
        "refunded_payment": {
            "currency": STARS,
            "total_amount": payment.invoice.amount,
            "invoice_payload": payment.invoice.payload,
            "telegram_payment_charge_id": payment.charge,
        }
    }
    chat = world.chats[payment.person.id]
    world.tell(world.post(chat, payment.person, service=service))
    return True


def get_star_transactions(world: World, call: GetStarTransactions) -> Json:
    transactions = []
    for payment in world.payments.values():
        partner: Mapping[str, object] = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": payment.person.json(),
            "invoice_payload": payment.invoice.payload,
        }
        about = {"id": payment.charge, "amount": payment.invoice.amount, "date": payment.at}
        if payment.invoice.currency == STARS:
            transactions.append({**about, "source": partner})
            if payment.refunded:
                transactions.append({**about, "receiver": partner})
    return {"transactions": transactions[call.offset : call.offset + call.limit]}


def get_my_star_balance(world: World, call: GetMyStarBalance) -> Json:
    kept = [payment for payment in world.payments.values() if not payment.refunded]
    return {"amount": sum(one.invoice.amount for one in kept if one.invoice.currency == STARS)}


METHODS: Methods = {
    SendInvoice: send_invoice,
    CreateInvoiceLink: create_invoice_link,
    AnswerPreCheckoutQuery: answer_pre_checkout_query,
    RefundStarPayment: refund_star_payment,
    GetStarTransactions: get_star_transactions,
    GetMyStarBalance: get_my_star_balance,
}
