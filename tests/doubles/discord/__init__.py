"""A Discord on loopback: REST v10, the gateway and the CDN, for discord.py and any bot as they are.

    from tests.doubles.discord.server import running_discord

    async with running_discord() as platform:
        ada = platform.person("ada", locale="de")          # somebody with Discord's client in hand
        ...                                                 # start a bot, see below
        await platform.until(lambda: platform.gateway.connected)
        await ada.dm("my song", files=[("song.wav", data)])
        await platform.until(lambda: ada.inbox)             # asked at each change; 30 s, then AssertionError
        deed = await ada.press(ada.inbox[0], "Order")       # buttons by label
        seen = await deed.answer()                          # waits past "thinking…"; None for a form

When the block ends without an error, `platform.verify()` fails the test if the bot asked for a route that
is not here (it was answered 501), if a request made the double stumble, or if a call or an answer was not
as Discord's OpenAPI document says (`../shared/spec/discord-openapi.json`, where that is there). What was
wrong stands in `platform.complaints`; a test that provokes it clears the list.

**A bot in this process.** `with platform.aimed():` points discord.py here (`Route.BASE` and
`DEFAULT_GATEWAY`). With `running_discord(named=True)` nothing is patched:
`discord.Client(connector=platform.connector())` finds discord.com, gateway.discord.gg and
cdn.discordapp.com on loopback over TLS.

**A bot in another process.** `platform.environment` holds LATHE_DISCORD_TOKEN, LATHE_DISCORD_API_URL
(`http://127.0.0.1:P/api/v10`), LATHE_DISCORD_GATEWAY_URL (`ws://127.0.0.1:P/gateway`) and
LATHE_DISCORD_CDN_HOSTS (`127.0.0.1:P`). Files lie at `http://127.0.0.1:P/cdn/attachments/…` and
`/cdn/ephemeral-attachments/…`. The double belongs to the event loop it was started in: while a test waits
for a process, it must await.

**People** (`people.Person`): `dm`, `say`, `voice`, `edit`, `delete`, `command("order show", file=…,
channel=…, options={…})`, `complete`, `menu("Master this", seen)`, `press(seen, label)`, `choose(seen,
select, *labels)`, `submit(form, {label: value}, files=…)`, `dismiss`, `close_dms`. A `Seen` is a snapshot:
pressing it presses what she saw, stale or not, so pressing it twice is a double click. She looks at `inbox`
(the bot's messages in her DM), `chat` (all of it), `ephemeral`, `modals`; `platform.messages(channel)` is
what stands in a channel. Each deed returns a `Deed`: `answered`, `failed` (three seconds have passed),
`deferred`, `message`, `form`, `choices` and `await answer()`. What Discord's client would not let her do
raises `LookupError` or `ValueError`.

**Places**: `platform.guild(name, owner, has_bot=…, file_limit=…)`, `platform.channel(guild, name)` (set
`.hidden`, `.read_only`), `platform.group(name, *people)` (friends, without the bot), `platform.join`,
`platform.expel_bot`.

**What goes wrong.** `platform.faults`: `limit` (429), `fail` (5xx before or `after` acceptance), `cut`,
`slow`, `refuse`, each for a place such as "POST /channels/{channel_id}/messages". `platform.gateway`:
`drop()`, `reconnect()`, `invalidate(resumable=…)`, `forget()`, `down`, `deaf`, `twice`, `out_of_order()`.
`platform.cdn`: `expire()` (every link so far is dead), `cut` (so many downloads break off in the middle).
`running_discord(clock=…, limits=Limits(…))` sets the time and the sizes; with a clock of its own the three
seconds and fifteen minutes of interactions pass only when the test says so.

**Where Discord's own behaviour is not documented** the double takes the harsher side: a nonce is remembered
for two minutes, history does not give nonces back, file names lose what is not plain (the name as it was is
the `title`). Not here: voice channels, polls, stickers, permissions by role, rate limits
other than planned ones.
"""
