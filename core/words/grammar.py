"""The small words that say which way, how much, where and under which condition, in English and German."""

from collections.abc import Iterator, Mapping

from core.revisions import What
from core.words.idle import IDLE
from core.words.senses import Role, Sense

_ROLES: Mapping[Role, str] = {
    Role.MORE: (
        "more, up, raise, raised, raising, boost, boosted, boosting, increase, increased, increasing,"
        " add, added, adding, higher, longer, lift, lifted, push, pushed, crank, cranked, crank up, turn"
        " up, bring up, bring out, bring forward, push up, not enough, too little, too few, too low,"
        " extra, additional, another, later, emphasize, emphasise, enhance, enhanced, stronger, harder,"
        " bigger, extend, extended, lengthen, bump, bump up, restore some, give more, back up, not quite"
        " enough, stick out more, hear more, stand out more, come out more, pop more, shine more,"
        " upwards, mehr, rauf, hoch, höher, anheben, anhebst, anhebt, hebe, heb, erhöhen, erhöhe, erhöht,"
        " stärker, stärkere, stärkeren, länger, längere, längeren, längerer, längeres, zu wenig, zuwenig,"
        " zu wenige, nicht genug, nicht genügend, nach oben, hochziehen, hochdrehen, aufdrehen,"
        " verlängern, verstärken, herausheben, hervorheben, dazu, drauf, nach vorne, weiter nach vorne,"
        " nach vorn, weiter vorne, weiter vorn, reindrehen, reinmachen, zulegen, später, größer, boosten,"
        " pushen, rausholen, betonen, to little, more prominent, more audible, more noticeable, more"
        " obvious, more dominant, more pronounced, step up, ramp up, amp up, amplify, amplified, elevate,"
        " stand out, cut through, cut through more, come through, come through more, shine through, to"
        " the front, further forward, further up, further up front, more up front, smack, restore,"
        " reinstate, jack up, jacked up, crank that, dial up, dial in more, dialed up, pump up, bring up"
        " more, besser hörbar, besser zu hören, mehr hören, hervorholen, herausholen, vorholen, nach"
        " vorne holen, mehr nach vorne, mehr nach vorn, draufpacken, draufgeben, dazugeben, hinzufügen,"
        " ergänzen, hochfahren, lauter drehen, hochschrauben, anziehen, aufreißen, nachlegen, higher up,"
        " sooner out, gradual, more gradual, more gradually, punch through, punch through more, poke"
        " through, poke out more, cut through the mix, cut through the mix more, sit on top, sit on top"
        " of the mix"
    ),
    Role.LESS: (
        "less, fewer, down, reduce, reduced, reducing, cut, cuts, lower, lowered, lowering, decrease,"
        " decreased, shorter, shorten, drop the, tame, tamed, attenuate, scoop, scoop out, soften, soften"
        " up, ease up, ease off, ease up on, ease off on, back off, back off on, dial back, dialed back,"
        " dialled back, roll off, roll down, tone down, toned down, turn down, bring down, pull down,"
        " pull back, pulled back, hold back, take down, scale back, weaken, weaker, minimize, minimise,"
        " lessen, trim down, dip, duck, notch, notch out, back down, dampen, earlier, less of, control,"
        " rein in, reign in, keep under control, tuck, tuck in, tucked, tuck back, knock down, knock off,"
        " shave, shave off, softer on, lighter, lighter on, gentler, gentler on, easy on, go easy on, too"
        " high, dial down, back a bit, back a little, smaller, push back, further back, lay back, sit"
        " back, step back, sit further back, a step back, lass nach, weniger, runter, runterdrehen,"
        " herunter, senken, senke, senkt, absenken, absenkst, reduzieren, reduziere, reduziert, kürzer,"
        " kürzere, kürzeren, kürzerer, kürzeres, verkürzen, zurücknehmen, zurückdrehen, zurückziehen,"
        " nach unten, runterziehen, schwächer, verringern, verringere, herausnehmen, wegnehmen, bändigen,"
        " zähmen, zurückhaltender, dezenter, früher, kleiner, nach hinten, weiter nach hinten, weiter"
        " hinten, minimieren, mildern, abmildern, raus, rausnehmen, rausdrehen, abschwächen, zu hoch,"
        " zurückfahren, entschärfen, chill with, chill on, chill out on, chill out with, easy with, go"
        " easy with, calm, calm down, calm the, settle down, cool it on, cool it with, lower down,"
        " decreasing, lowers, curb, curbed, subdue, subdued, restrain, lay off, lay off the, less"
        " prominent, less audible, less dominant, less pronounced, subtract, sink, diminish, drop down,"
        " softened, downwards, hold off on, rolled off, nachlassen, zurücknimmst, zurück nehmen,"
        " runternehmen, runterfahren, runterschrauben, zügeln, dämpfen, dämpfe, rausziehen, herausdrehen,"
        " zurückschrauben, leiser drehen, tiefer setzen, weiter zurück, sooner, quicker, swifter, rascher"
    ),
    Role.PULL: (
        "pull, pulled, pulling, take, taking, dial, dialed, roll, ease, nimm, nehmt, nehmen, zieh,"
        " ziehen, zieht, out of"
    ),
    Role.TURN: (
        "pan, panned, panning, turn, bring, set, put, go, come, comes, coming, move, drehen, dreh,"
        " dreht, stell, stellen, goes, bringt"
    ),
    Role.REMOVE: (
        "remove, removed, removing, get rid of, getting rid of, rid of, cut out, take out, taken out,"
        " take away, delete, deleted, drop off, eliminate, clean up, cleaned up, clean, repair, fix,"
        " fixed, edit out, chop, chop off, chop out, trim, trimmed, trimming, trim off, crop, cropped,"
        " cut off the, cut down, snip, mute, muted, muting, silence the, lose the, kill, kill the, strip,"
        " entfernen, entferne, entfernt, wegmachen, weg, abschneiden, wegschneiden, rausschneiden,"
        " herausschneiden, schneide, schneidet, schneiden, schneid, kürze, kürzen, kürzt, löschen,"
        " lösche, beseitigen, beseitige, trimmen, trimme, ausschneiden, loswerden, stumm, stummschalten,"
        " abschnippeln, ab, rausmachen, wegbekommen, kappen, weglassen, lop off, slice off, cut away,"
        " trim away, clip off, edit away, edit, scrub, erase, erased, wipe, ditch, dump, drop the whole,"
        " throw out, kick out, scrap, nuke, cut it, trim down the, take off, taken off, took off,"
        " wegnehmt, rausschmeißen, schmeiß, schmeißt, wegtun, rauswerfen, wirf, tilgen, eliminieren,"
        " wegtrimmen, abtrimmen, abzwicken, kürzer schneiden, rausfiltern, filtern, raus schneiden, weg"
        " schneiden, ab schneiden, streichen, streich, cropping, snipped, snip off, cleaned, cleaning up"
    ),
    Role.CUT_OFF: (
        "cut off, cuts off, gets cut, get cut, gets cut off, is cut off, got cut off, got cut, chopped"
        " off, gets chopped, cut short, cut too early, cut too soon, clipped off, truncated, is missing a"
        " bit, cuts out, cut too late, cut too tight, cut too hard, abgeschnitten, abgehackt, zu früh"
        " abgeschnitten, fehlt ein stück, abgewürgt, bricht ab, chopped, is cut, was cut, are cut, is"
        " chopped, are cut off, was cut off, been cut, been cut off, you cut off, you chopped off, starts"
        " too late into, got chopped, wurde abgeschnitten, fehlt der anfang, bricht, chops off, chop off"
        " too, cut off too early, cut off too soon, cut too short, ends too soon, ends too early, ends"
        " too abruptly in the, stops too early, stops too soon, ended too early, cuts off too early, cuts"
        " off too soon, cut it off too, cuts too early, cuts too soon, cutting off, getting cut off, gets"
        " clipped off, lopped off, swallowed up at, let it ring, let it ring out, let ring, ring longer,"
        " ring out longer, ring out naturally, ring on, die away naturally, decay naturally, zu früh weg,"
        " zu knapp geschnitten, zu knapp, verschluckt, zu früh zu ende, hört zu früh auf, endet zu früh,"
        " abgeschnitten worden, gekappt, wird abgeschnitten"
    ),
    Role.BEGINS: (
        "start, starts, starting, begin, begins, beginning at, end, ends, ending at, stop, stops,"
        " anfangen, anfangen lassen, beginnen, beginnen lassen, beginnt, aufhören, enden, fängt, fängt"
        " an, starten, startet, endet, kick in, open with, anfängt, anfing, losgehen, losgeht, geht los,"
        " loslegen, aufhört, aufhören lassen, enden lassen, starten lassen"
    ),
    Role.TOO: (
        "too, too much, way too much, much too much, too many, overly, excessive, excessively, zu, zu"
        " viel, zuviel, zu viele, zu sehr, allzu, to much, to many, far to, way to, awkwardly,"
        " unnecessarily, uncomfortably, painfully, unbearably, annoyingly, unpleasantly, over the top,"
        " far too, far too much, way too, bit too, a bit too much, little too much, a little too much,"
        " unnötig, unangenehm viel, übermäßig, viel zu, viel zu viel, bissl zu, deutlich zu"
    ),
    Role.TO: "to",
    Role.NOT: (
        "not, no, dont, doesnt, isnt, wont, shouldnt, arent, didnt, wasnt, aint, never, nor, nicht,"
        " kein, keine, keinen, keiner, nie, niemals, cannot, nothing, none, hardly any, nix, ned, net,"
        " nich, kaum"
    ),
    Role.SO: "so, as, that, quite so, quite as, quite that, all that, so sehr, ganz so",
    Role.ENOUGH: "enough, genug, genügend",
    Role.DISLIKE: (
        "hurting, hurting my ears, a bit much, a little much, bit much, a touch much, little much, etwas"
        " viel, ein bisschen viel, bisschen viel, ein wenig viel, harsh on the ears, piercing my ears,"
        " bothersome, out of balance, not like, dont like, do not like, not love, not a fan of, not a big"
        " fan of, hate, hated, dislike, bothers me, bothers, bothering, bother, annoying, annoys, annoys"
        " me, hurts, hurt, hurts my ears, hurt my ears, is a problem, problem with, a mistake, mistake,"
        " wrong with, mag nicht, gefällt mir nicht, gefällt nicht, stört, stört mich, stören, stören"
        " mich, nervt, nerven, tut weh, tun weh, weh, overpowering, overpowers, overpower, overwhelming,"
        " dominates, dominating, dominiert, dominant, poking out, pokes out, poke out, sticks out,"
        " sticking out, stick out, sticks out too much, jumps out, jumping out, drowns, drowns out,"
        " drowning out, takes over, all over the place, exaggerated, overdone, übertrieben, out of"
        " control, build up, builds up, buildup, sticht heraus, in the way, masking, masks, covers, a lot"
        " going on, überdeckt, erschlägt, fatiguing, tiring, aufdringlich, unpleasant, unangenehm,"
        " painful, cut through too much, heavy handed, at you, hyped, audible, obvious, prominent,"
        " noticeable, zu weit vorne, zu weit vorn, too far forward, too upfront, too far in front, too"
        " far up, too up front, zu dominant, zu präsent im mix, zu viel des guten, drowning the, drown"
        " the, burying, buries, is masking, clashing with, clashes with, fights with, fighting with,"
        " fighting, eats up, swallows, swallowing, aggressive, aggressiv, too aggressive, zu aggressiv,"
        " killing me, are killing me, is killing me, kills me, killing my ears, kill my ears, kills my"
        " ears, drive me crazy, drives me crazy, drives me mad, driving me nuts, pierce, pierces, pierces"
        " my ears, drown everything, drown everything else, drowns everything, drown everyone, drown out"
        " everything, bury everything, cover everything, eat everything, overshadow, overshadows,"
        " overshadowing, get in the way, gets in the way, too prominent, too dominant, too audible, too"
        " present, too noticeable, too pronounced, too much of, give me a headache, gives me a headache,"
        " ear splitting, intrusive, steals the show, erschlagen, übertönt, übertönen, deckt alles zu,"
        " drängt sich vor, drängen sich vor, stechen heraus, stechen raus, sticht raus, steht zu weit"
        " vorne, macht kopfschmerzen, schmerzt, schmerzen, geht mir auf die nerven, geht auf die nerven,"
        " nervig, störend, penetrant, zu viel los, hates, disliked, eating everything, eats everything,"
        " swallowing everything, swallows everything, covering everything, covers everything, overdid,"
        " overdid the, overdid it with, overdid it on, went overboard with, went overboard on, went too"
        " far with, went a bit far with, taking over, take over, takes over everything, frisst alles,"
        " frisst alles auf, schluckt alles, drückt alles weg"
    ),
    Role.NEEDS: (
        "needs, need, needing, lacks, lacking, lack, misses, could use, can use, could do with, could"
        " have, could take, can take, wants, i miss, want, give it, give me, would like, craves,"
        " vermisse, braucht, brauchen, brauche, bräuchte, bräuchten, könnte vertragen, verträgt,"
        " vertragen, mangelt, mangelt es an, fehlt es an, verdient, deserves, missing some, could stand,"
        " would benefit from, benefits from, begs for, cries out for, vertrüge, vertrage, könnte"
        " brauchen, könnte noch, gebrauchen, könnte gebrauchen"
    ),
    Role.LACKS: (
        "weak, a bit low, a little low, weak sounding, schwach, underwhelming, too weak, too soft, too"
        " small, dünn gesät, missing, is missing, is lost, is gone, gets lost, get lost, is buried,"
        " buried, hidden, disappear, disappears, getting lost, lost, drowned, drowned out, drowning,"
        " swallowed, hard to hear, can barely hear, cant hear, can not hear, barely audible, barely hear,"
        " sits too far back, too far back, recessed, far away, struggle to hear, hardly hear, fehlt,"
        " fehlen, fehlts, geht unter, gehen unter, verloren, kaum zu hören, hör kaum, höre kaum,"
        " untergeht, versteckt, zu weit hinten, weit hinten, zu weit weg, zu leise gemischt, in the"
        " background, too distant, distant, im hintergrund, is lacking, are lacking, scooped, hollowed"
        " out, cant make out, can not make out, hard to make out, hardly make out, can hardly make out,"
        " can barely make out, barely there, inaudible, overshadowed, masked, not hear, can not really"
        " hear, cannot hear, sunk, sinks, sinking, vanishes, vanish, vanishing, invisible, underpowered,"
        " feeble, wimpy, puny, too far behind, sit too far back, behind everything, hört man kaum, hört"
        " man nicht, kaum hörbar, nicht zu hören, nicht hörbar, kommt nicht durch, kommen nicht durch,"
        " kommt kaum durch, verschwindet, verschwinden, abgesoffen, unterzugehen, überdeckt von, zu"
        " schwach, schwach auf der brust, zu dezent, mau, lasch"
    ),
    Role.WISH: (
        "optimise, optimize, optimised, optimized, make, made, making, makes, should, want, would,"
        " could, can, wish, let, like it, be, ask, please, mach, mache, machen, macht, hätte, hätten,"
        " möchte, möchten, will, wollen, soll, sollte, sollten, sollen, könnte, könnten, könntest,"
        " kannst, könnt, kann, bitte, dürfte, darf, dürfen, wäre, werden, lass, wünsche, wünschen, get,"
        " prefer, rather, lieber, wanting, wished, hoping for, mag ich, solle, müsste, müssten, muss,"
        " müssen, gerne hätte, please have, need to be, needs to be, has to be, have to be, got to be,"
        " gotta be, must be, should be, ought to be, gotta"
    ),
    Role.VERSION: (
        "previous version, prior version, the version before, last version, old version, earlier"
        " version, first version, original version, previous master, first master, old master, previous"
        " one, v1, v2, v3, version 1, version 2, version one, version two, vorherige version, vorherigen"
        " version, letzte version, letzten version, alte version, alten version, erste version, ersten"
        " version, vorige version, vorigen version, old one, last one, first one, original master, last"
        " master, previous mix, last round, ursprüngliche version, ursprünglichen version, version davor,"
        " version before, erste fassung, alte fassung, previous, former, original, the original, old,"
        " prior, vorherige, vorherigen, alte, alten, ursprüngliche, ursprünglichen, the old, old"
        " settings, first pass, last pass, earlier master, version i got first, initial version, initial"
        " master, earlier one, letzter stand, alter stand, vorheriger stand, ersten master, erste master,"
        " ältere version, älteren version, anfangsversion, letzte fassung, vorige fassung"
    ),
    Role.ROOM: "room, space, platz, headroom at",
    Role.BACK: "back, zurück, wieder zurück, return",
    Role.HALF: (
        "half of, half, halfway, half way, by half, half of the way, halb, zur hälfte, die hälfte,"
        " hälfte, um die hälfte"
    ),
    Role.KEEP: (
        "keep, keeping, kept, maintain, maintaining, preserve, preserving, retain, dont touch, not"
        " touch, not change, dont change, as is, as it is, as they are, unchanged, untouched, leave"
        " alone, alone, losing, lose, stay, stays, stay the same, exactly how it is, how it is, the way"
        " it is, the way they are, is fine, are fine, behalten, behalte, beibehalten, so lassen, lassen"
        " wie, belassen, unverändert, bleiben, bleibt, bleibe, wie es ist, wie sie sind, wie er ist,"
        " verlieren, verliert, nicht anfassen, passt so, not overdo, dont overdo, overdo, go overboard,"
        " overboard, übertreiben, sacrificing, sacrifice, messing with, mess with, erhalten, erhalten"
        " bleiben, mono compatible, mono compatibility, nothing too drastic, nothing drastic, nothing too"
        " crazy, nothing crazy, nothing too extreme, nichts extremes, nicht übertreiben, retaining, stays"
        " as, stay as, nothing else, leave the rest, leave everything else, keep everything else, rest"
        " bleibt, rest so lassen, der rest bleibt, rest passt, der rest passt, bewahren, beizubehalten"
    ),
    Role.BOUND: (
        "without, as long as, so long as, provided, unless, if it doesnt, just not, ohne, ohne dass,"
        " solange, sofern, not at the expense of, at the expense of, careful with, careful not to, be"
        " careful, beware of, aufpassen, nur nicht, bloß nicht, aber nicht zu, make sure, ensure, making"
        " sure, see to it that, achte darauf, achtet darauf, while keeping, just dont, only if,"
        " hauptsache, aber bitte nicht, ohne es, take care not to, taking care not to, not at the cost"
        " of, at the cost of, nicht auf kosten, auf kosten, nicht auf kosten von"
    ),
    Role.LIKE: (
        "like, similar to, closer to, close to, match, matches, matching, matched, towards, the way,"
        " wie, ähnlich wie, näher an, ähnlicher, as in, in the style of, the vibe of, tone of, the sound"
        " of, in the vein of, along the lines of, a la, inspired by, reminiscent of, more in line with,"
        " in line with, im stil von, im stile von, angelehnt an, in richtung, richtung, more like,"
        " comparable to, the feel of, same vibe as, same feel as, same sound as, genauso wie,"
        " similar sound to, similar tone to, similar vibe to, same loudness as, same level as, same"
        " volume as, same tone as, same energy as, same low end as, same punch as, same quality as, same"
        " kind of sound as, same style as, as loud as the, sounds similar to, in the direction of, in the"
        " spirit of, im sinne von, genauso laut wie, so laut wie, gleich laut wie"
    ),
    Role.REFERENCE: (
        "reference, references, ref, refs, reference track, reference song, reference mix, ref track, i"
        " sent, i sent you, i attached, attached, i linked, linked, i uploaded, i posted, we sent, song i"
        " sent, track i sent, referenz, referenzen, referenztrack, referenzsong, die referenz, geschickt"
        " habe, geschickt hab, geschickt, angehängt, i shared, i mentioned, example track, example i"
        " sent, the one i sent, as a reference, as reference, as our reference, as my reference, as the"
        " reference track, als referenz, in that direction, in this direction, in die richtung, in diese"
        " richtung, as a guide, as a benchmark, as a blueprint, as inspiration, as a starting point,"
        " benchmark, comparison track, als vorbild, vorbild, als maßstab, orientier dich an, orientiert"
        " euch an, orientieren an, orientiere dich an, i emailed, i uploaded to you, i put in the folder,"
        " i gave you, ive sent, verlinkt, verlinkt habe, hochgeladen habe, hochgeladen, beigelegt, als"
        " anhang, im anhang, vergleichstrack, vergleichssong, dazugelegt"
    ),
    Role.SAYS: (
        "thinks, think, says, say, said, feels, wants, finds, complains, complained, asked, told,"
        " mentioned, noticed, reckons, suggested, meint, findet, sagt, will, denkt, wünscht, möchte,"
        " claims, keeps saying, insists, hears, fand, meinte, sagte, hört"
    ),
    Role.QUESTION: (
        "how, what, when, where, why, who, which, wie lange, was, wann, wo, warum, wieso, wer, welche,"
        " welcher, wie viel, wie oft, how long, how much is, what about the price, wieviel, weshalb"
    ),
    Role.EXCEPT: "except, except for, apart from, other than, besides, but not on, außer, bis auf",
    Role.THAN: ("than, als in den, als im, als in der, als die, als das, als vorher, als jetzt"),
    Role.AND: (
        "and, und, sowie, plus, aber, but, though, jedoch, oder, or, however, as well as, außerdem,"
        " dafür, whereas, otherwise, then, furthermore, moreover, while also, zudem, zusätzlich"
    ),
    Role.BETWEEN: "between, zwischen",
    Role.BECAUSE: (
        "because, cause, cuz, coz, since it, since the, so that, so it, so we, so i, so the, such that,"
        " weil, damit, da es, denn, sodass, so dass, which, would put, would bring, would match, would be"
        " closer, in order to, to make, to match, to get, to help, to give, um es, um sie, to sit,"
        " compared to, compared with, when compared, even though, especially, obwohl, to let, to keep,"
        " instead of, rather than, statt, anstatt, anstelle von, so they, so he, so she, so people, so"
        " everybody, so everyone, so nobody, wodurch, um den, um das, um die"
    ),
    Role.AT: (
        "at, around, in, about, on, near, during, @, over, bei, im, am, in der, in dem, um, auf, gegen,"
        " beim, während, within, round, roughly at, into, throughout, für, for, approximately, fürs,"
        " vors, roughly, inside, within the"
    ),
    Role.FROM: (
        "from, after, past, since, starting at, starting from, ab, von, nach, seit, onwards from,"
        " starting from around, beginning at, right after, ab der, ab dem"
    ),
    Role.UNTIL: "until, till, til, up to, bis, bis zu, before, vor, thru, through",
    Role.ASIDE: (
        "on my, in my, on our, in our, through my, with my, on his, on her, in his, in her, auf meinen,"
        " auf meiner, auf meinem, in meinem, in meiner, über meine, in unserem, auf unseren, over my, on"
        " the way to, auf dem weg, in meinen, auf unserem, in unserer, über unsere, via my, from my"
    ),
}

_STRENGTHS: tuple[tuple[float, str], ...] = (
    (
        0.4,
        (
            "slightly, slight, a slight, touch, a touch, hair, a hair, tad, a tad, smidge, a smidge,"
            " smidgen, a smidgen, hint, a hint, a hint of, a shade, shade, fraction, a fraction, subtle,"
            " subtly, a tiny bit, tiny bit, tiny, a teeny bit, a wee bit, just a bit, ever so slightly,"
            " very slightly, a pinch, pinch, gently, a dash, a notch, minimally, barely, hauch, einen"
            " hauch, ein hauch, minimal, einen tick, ein tick, leicht, eine spur, spur, ein klein wenig,"
            " klein wenig, ganz leicht, eine nuance, nuance, kleines stück, prise, minimalst, ganz wenig,"
            " ganz kleines bisschen, winziges bisschen, ein quäntchen, marginally, a whisker, whisker, a"
            " smidgeon, smidgeon, a sliver, eine idee, klitzekleines bisschen, ein mü, en tick, n tick, nen"
            " tick, nen hauch, eine winzigkeit, a fraction of"
        ),
    ),
    (
        0.6,
        (
            "bit, a bit, abit, a little, little, little bit, a little bit, somewhat, kinda, kind of, sort"
            " of, bisschen, ein bisschen, kleines bisschen, ein kleines bisschen, bissl, bißchen, ein"
            " bißchen, bisserl, etwas, wenig, ein wenig, rather, some, a bit of, a little more of, ein"
            " stück, stückchen, ein stückchen, fairly, moderately, ein paar, bissle, en bissl, a few,"
            " several, mehrere, paar, einige, en bisschen, n bisschen, nen bisschen, n bissl, a little of,"
            " wee, wee bit, a handful of"
        ),
    ),
    (1.0, "more or less, noticeably, clearly"),
    (
        1.8,
        (
            "much, a lot, alot, lot, lots, lots of, a lot of, way, far, viel, deutlich, sehr viel, really,"
            " wesentlich, erheblich, massively, significantly, a ton, tons, tons of, considerably, heavily,"
            " a whole lot, drastically, massiv, stark, ordentlich, a good bit, quite a bit, quite a lot, a"
            " great deal, ganz schön, viel viel, completely, as hell, as fuck, loads, loads of, heaps,"
            " heaps of, hella, bigtime, big time, totally different, brutally, insanely, extrem, enorm,"
            " gewaltig, total, richtig viel, voll viel, wayyy, super duper, voll und ganz, komplett, fully,"
            " substantially, af, huge"
        ),
    ),
)

_NUMBERS: Mapping[float, str] = {
    0.5: "half, half a, a half, halben, halbes, halbe, einen halben, ein halbes, eine halbe, n halben",
    1.0: "one, a single, a full, a whole, ein ganzes, ein volles, ein, einen, eine, eins, another",
    1.5: "one and a half, anderthalb, eineinhalb",
    2.0: "two, a couple of, a couple, couple, couple of, zwei",
    2.5: "two and a half, zweieinhalb",
    3.0: "three, drei",
    4.0: "four, vier",
    5.0: "five, fünf",
    6.0: "six, sechs",
    7.0: "seven, sieben",
    8.0: "eight, acht",
    9.0: "nine, neun",
    10.0: "ten, zehn",
    12.0: "twelve, zwölf",
    14.0: "fourteen, vierzehn",
    15.0: "fifteen, fünfzehn",
    20.0: "twenty, zwanzig",
    30.0: "thirty, dreißig",
}

_ORDINALS: Mapping[float, str] = {
    1.0: "1st, first, erste, ersten, erster, ersten",
    2.0: "2nd, second, zweite, zweiten, zweiter",
    3.0: "3rd, third, dritte, dritten, dritter",
    4.0: "4th, fourth, vierte, vierten",
    5.0: "5th, fifth, fünfte, fünften",
    -1.0: ("last, final, letzte, letzten, letzter, letztem, finale, ultimate, allerletzte, allerletzten"),
}

_UNITS: Mapping[str, str] = {
    "dB": "db, dbs, decibel, decibels, dezibel, dbfs, lu",
    "s": "s, sec, secs, second, seconds, sekunde, sekunden, sek",
    "ms": "ms, millisecond, milliseconds, millisekunden",
    "min": "min, mins, minute, minutes, minuten",
    "LUFS": "lufs, lkfs, lufsi",
    "Hz": "hz, hertz",
    "kHz": "khz, k, kilohertz",
    "bpm": "bpm, beats per minute",
    "bit": "bit, bits",
}

_EDGES: Mapping[int, str] = {
    -1: (
        "start, the start, beginning, the beginning, very beginning, very start, front, opening, top of"
        " the song, head, anfang, beginn, first note, before the first note, count in, countin, count"
        " off, einzähler, einzählen, before the song starts, before it starts, before the music, before"
        " the music starts, front end of the song, lead in, erste ton, vor dem ersten ton, am anfang, zu"
        " beginn, off the beginning, before the first line, before the first word, before the first beat,"
        " before the first verse, before the vocals start, before the vocals come in, before the band"
        " starts, before the song, before the drums come in, before the intro, before the singing starts,"
        " first beat, first word, first syllable, first chord, first hit, first bar, first line, first"
        " transient, first downbeat, downbeat, erster ton, ersten ton, ersten akkord, erster akkord,"
        " erste akkord, erste silbe, ersten takt, erster takt, erste note, ersten note, erste wort,"
        " erster schlag, ersten schlag, vor dem ersten akkord, vor dem start, vor dem einsatz, vor dem"
        " song, bevor es losgeht, bevor der song beginnt, bevor der song anfängt, bevor das lied anfängt,"
        " bevor das lied beginnt, bevor die musik beginnt, bevor es anfängt, vorm ersten ton, vorlauf,"
        " first few seconds, first couple of seconds, first seconds, opening seconds, first second or"
        " two, ersten paar sekunden, ersten sekunden, songanfang, songbeginn, count ins, counting in,"
        " counting, stick count, drum count, drummers count, reinzählen, einzählt, vorzähler, vorzählen,"
        " intro silence, very top of the song, top of the track"
    ),
    1: (
        "end, the end, very end, tail, tail end, back end, ending, ende, schluss, am ende, am schluss,"
        " reverb tail, hallfahne, ausklang, last note, last chord, after the last note, ring out,"
        " nachhall, final note, final chord, letzter ton, letzte ton, decay, last beat, last word, last"
        " syllable, last hit, last bar, last ring, last cymbal, last cymbal ring, last cymbal hit, last"
        " crash, final crash, final hit, last line, last strum, final strum, final ring, cymbal ring,"
        " cymbal tail, letzten ton, letzter akkord, letzten akkord, letzte akkord, letzte note, letzten"
        " note, letzte silbe, letzten takt, letzter takt, letzte wort, letzten schlag, letzter schlag,"
        " schlussakkord, schlusston, ausklingen, nachklingen, verklingen, ausschwingen, auslaufen,"
        " nachklang, last few seconds, last couple of seconds, last seconds, final seconds, final few"
        " seconds, letzten paar sekunden, letzten sekunden, songende, liedende, liedschluss, after the"
        " music, after the music stops, after the song ends, after it ends, after the last chord, after"
        " the final chord, after the final note, nach dem letzten ton, nach dem letzten akkord, nach dem"
        " ende, nachlauf, ringout, ringing, ringing out, rings out, die out, die away, nach dem schluss,"
        " wenn der song vorbei ist, wenn die musik vorbei ist, hinten raus"
    ),
}

_SIDES: Mapping[int, str] = {
    -1: (
        "left, to the left, links, nach links, left side, linke seite, hard left, all the way left, on"
        " the left, left speaker, left channel, weiter links, linken kanal, linke, to the left side, on"
        " the left side, left hand side, auf der linken seite, auf die linke seite"
    ),
    1: (
        "right, to the right, rechts, nach rechts, right side, hard right, all the way right, on the"
        " right, right speaker, right channel, rechte seite, weiter rechts, rechten kanal, rechte, to the"
        " right side, on the right side, right hand side, auf der rechten seite, auf die rechte seite"
    ),
    0: (
        "center, centre, centered, centred, middle of the stereo field, zur mitte, in die mitte, mittig,"
        " in the middle, to the middle, in the center, in the centre, to the center, to the centre, dead"
        " center, dead centre, in der mitte, mitte, up the middle, zentriert, zentral, zentrieren"
    ),
}

_WETNESS: Mapping[int, str] = {
    1: (
        "reverb, reverbs, verb, hall, echo, echoes, delay, ambience, reverberation, raumanteil, wet,"
        " wetter, roomy, reverby, echoey, verhallt, reverbed, reverberant, washy, raumhall, drenched,"
        " soaking, wetness, halliger, hallig, hallt, verhallter, reverb tails on"
    ),
    -1: ("dry, drier, dryer, trocken, trockener, trockner, dryness, furztrocken"),
}

_NOISES = (
    "cough, coughs, coughing, breath, breaths, breathing, inhale, talking, talk, talks, speech,"
    " chatter, chatting, laughter, laugh, laughing, applause, clapping, sticks, stick clicks,"
    " drumsticks, drumstick, drumstick clicks, drum stick clicks, clicks of the sticks, sneeze,"
    " squeak, chair, chair squeak, creak, footsteps, bump, thud, shuffle, shuffling, mumbling, room"
    " sound, room tone, handling, false start, noodling, page turn, throat clearing, husten, hüsteln,"
    " räuspern, atmer, atemgeräusch, einatmen, gerede, gequatsche, gelaber, quatschen, lachen,"
    " gelächter, applaus, klatschen, stühlerücken, geraschel, rascheln, geräusch, geräusche,"
    " stimmengewirr, schritte, niesen, one two three four, metronome, metronom, click track, amp"
    " noise, feedback noise, chair noise, chair noises"
)
_LENGTHS: Mapping[int, str] = {
    1: (
        "long, lang, lange, langer, langes, langen, high, strong, stark, hard, hart, heavy handed, late,"
        " spät, intense, hot, slow, langsam, lasting, dragged out, drawn out, endless, endlos, ewig, ewig"
        " lang, slowly"
    ),
    -1: (
        "short, kurz, kurze, kurzer, kurzes, kurzen, low, early, früh, abrupt, sudden, fast, quick,"
        " schnell, plötzlich, abruptly, suddenly, light, soon, hasty, harsh cut, rushed, schroff,"
        " ruckartig, quickly, knapp, brief, zügig, brisk"
    ),
}

_UNDO = (
    "take back, took back, take back the, undo, undone, revert, reverted, reverse, roll back,"
    " rollback, rolled back, put it back, put that back, put back, take it back, take that back, go"
    " back, go back to, going back to, change it back, change that back, changed back, bring it back,"
    " bring back, set it back, switch back, back to, back to how it was, back to the way it was, the"
    " way it was, the way they were, how it was, how it was before, like before, as before, as it"
    " was, as it was before, like it was, like it was before, like in original version, preferred the"
    " old, preferred liked it before, better before, was better before, was better, take it out"
    " again, take that out again, take out again, out again, away again, off again, back out, take"
    " back out, where it was, where it was before, where they were, forget the last changes, scrap"
    " the last changes, scrap that, cancel the last change, rückgängig, mach rückgängig, rückgängig"
    " machen, wie vorher, wie zuvor, wie davor, wie es war, wie es vorher war, so wie vorher, wie"
    " gehabt, alten version, zurück zur, zurück auf, zurück zu, wieder raus, wieder rausnehmen,"
    " wieder weg, wieder zurück, wieder runter, wieder rückgängig, wieder zurücknehmen, zurücksetzen,"
    " vorher war es besser, war besser, war vorher besser, war davor besser, wie am anfang war, wie"
    " in zurückstellen, wieder herstellen, wiederherstellen, ursprüngliche, ursprünglichen,"
    " widerrufen, return to, reset to, wieder so wie vorher, wieder wie vorher, reset, restore,"
    " scratch that, scratch, cancel, forget about the, forget the, never mind what, back it up,"
    " vorher war besser, vorher besser, davor war besser, früher war besser, scrap the last change,"
    " undo the last change, wind back, walk back, walked back, throw away the last changes, ditch the"
    " last changes, drop the last change, drop the last changes, back how it was, back to where it"
    " was, back to what it was, back as it was, back like it was, same as before, just as before,"
    " like it used to be, as it used to be, how it used to be, liked it better before, liked it more"
    " before, sounded better before, it was better before, wie beim letzten mal, wie am anfang,"
    " zurückdrehen auf, wieder her, mach das rückgängig, nimm das zurück, nimms zurück, nehmt das"
    " zurück, so wie es war, so wie es vorher war, so wie davor, so wie zuvor, wie ursprünglich,"
    " wieder zurück auf, verwerfen, verwirf, unverändert zurück"
)
_ADDED = (
    "you added, you did, you put in, you made, that you added, you gave, you gave it, dazugegeben,"
    " hinzugefügt, du dazugegeben hast, den du dazugegeben hast, die du dazugegeben hast, das du"
    " dazugegeben hast, du gemacht hast, boost you did, you took out, you cut, you removed, you took"
    " away, you took off, rausgenommen hast, weggenommen hast, the added, you boosted, you applied,"
    " reingemacht hast, the ones you added, you turned up, you turned down, lose the added, remove the"
    " added"
)

_METAPHORS = "make it pop, pop more, pops more, make it bang, bang harder, more pop"


def small_words() -> Iterator[tuple[str, Sense]]:
    """Each phrase with what it does; a later one is the better reading."""
    for role, said in IDLE.items():
        yield from _each(said, Sense(role))
    for role, said in _ROLES.items():
        yield from _each(said, Sense(role))
    for direction, said in _LENGTHS.items():
        yield from _each(said, Sense(Role.QUALITY, direction=direction))
    for ratio, said in _STRENGTHS:
        yield from _each(said, Sense(Role.STRENGTH, ratio=ratio))
    for figure, said in _NUMBERS.items():
        yield from _each(said, Sense(Role.NUMBER, ratio=figure))
    for figure, said in _ORDINALS.items():
        yield from _each(said, Sense(Role.ORDINAL, ratio=figure))
    for name, said in _UNITS.items():
        yield from _each(said, Sense(Role.UNIT, name=name))
    for direction, said in _EDGES.items():
        yield from _each(said, Sense(Role.EDGE, direction=direction))
    for direction, said in _SIDES.items():
        yield from _each(said, Sense(Role.SIDE, What.PAN, direction))
    for direction, said in _WETNESS.items():
        yield from _each(said, Sense(Role.REVERB, What.REVERB, direction))
    yield from _each(_NOISES, Sense(Role.NOISES))
    yield from _each(_METAPHORS, Sense(Role.UNKNOWN))
    yield from _each(_UNDO, Sense(Role.UNDO, What.UNDO))
    yield from _each(_ADDED, Sense(Role.ADDED))


def _each(said: str, sense: Sense) -> Iterator[tuple[str, Sense]]:
    return ((word, sense) for word in said.split(", "))
