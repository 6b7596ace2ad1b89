"""What wishes are about: bands, faults, stems, parts of a song, in English and German."""

from collections.abc import Iterator, Mapping

from core.revisions import What
from core.words.senses import Role, Sense

_THINGS: Mapping[What, str] = {
    What.VOLUME: (
        "volume, level, levels, loudness, gain, volume level, overall level, lautstärke, lautstaerke,"
        " pegel, gesamtlautstärke, lautheit, gesamtpegel, overall volume, loudness level, overall"
        " loudness, loudnes, average level, rms, output level, master volume, overall gain, output,"
        " output volume, endlautstärke, lautstärkepegel, lautstärken, abhörlautstärke, laustärke"
    ),
    What.BASS: (
        "bass, basses, low end, lowend, lows, low, sub, subs, sub bass, subbass, bottom, bottom end, low"
        " frequencies, bass frequencies, bassbereich, bass range, bässe, bässen, baesse, tiefbass,"
        " tiefen, untenrum, unten rum, tiefe frequenzen, keller, low freqs, bass end, deep end, 808,"
        " 808s, low shelf, bass shelf, everything below, very low end, deep bass, bottom octave, sub"
        " frequencies, sub range, subsonic, subsonics, bottoms, bottom end stuff, low stuff, deep"
        " frequencies, deep bass frequencies, low frequency, tieftöne, tiefton, tieftonbereich, bässchen,"
        " subbereich, bass anteil, tiefes ende, tiefe ende, tiefenbereich, tiefbässe, subs and lows,"
        " bassy stuff, bass content, untere frequenzen, unteren frequenzen, untere ende, unten herum,"
        " bass frequenzen, tieffrequente, down low, down below, in the basement"
    ),
    What.LOW_MID: (
        "low mid, low mids, lowmids, lower mids, lower mid, lower midrange, low midrange, tiefmitten,"
        " untere mitten, unteren mitten, tiefe mitten, tiefen mitten, grundton, lowmid, low middle, lower"
        " middle, low mid range, low mid area, lo mids, lomids, tiefmittenbereich, mittentief"
    ),
    What.MID: (
        "mid, mids, midrange, mid range, middle, middles, mid frequencies, mitten, mittelbereich,"
        " mittenbereich, mitteltöne, mid section, mid range frequencies, mitten frequenzen, mittleren"
        " frequenzen, mittlere frequenzen"
    ),
    What.PRESENCE: (
        "presence, upper mids, upper mid, upper midrange, high mids, high mid, hi mids, presence range,"
        " präsenz, praesenz, präsenzen, hochmitten, obere mitten, oberen mitten, hohe mitten, hohen"
        " mitten, high mid range, hochmittenbereich, präsenzbereich, upper mid range, hi mid, himids,"
        " upper middle"
    ),
    What.SIBILANCE: (
        "sibilance, sibilants, sibilant, s, esses, ess, s sounds, s sound, ss, sses, zischlaute,"
        " zischlauten, zischen, s laute, s lauten, s laut, slaute, scharfe s, ess sounds, s es, ssss,"
        " sss, esss, s noises, sharp s, sharp esses, hissy esses, s und z laute, sch laute, sch, zisch"
        " laute, zischgeräusche, sibilances, t and s sounds"
    ),
    What.AIR: (
        "air, highs, high, high end, highend, treble, trebles, top, top end, topend, up top, high"
        " frequencies, high freqs, tops, upper end, very top, luft, höhen, hoehen, obenrum, oben rum,"
        " hohe frequenzen, high shelf, top octave, high range, very highs, cymbal range, highest"
        " frequencies, ganz oben, air band, airiness, topend stuff, tip top, trebbles, trebs, high stuff,"
        " high pitched stuff, hochton, hochtöne, hochtonbereich, höhenbereich, hohen frequenzen, obere"
        " frequenzen, oberen frequenzen, oben herum, obere ende, oberes ende, hohe ende, höchsten, hi"
        " end, hi freqs, hi frequencies"
    ),
    What.TILT: "brightness, tonal balance, helligkeit",
    What.WIDTH: (
        "width, stereo, stereo width, stereo image, stereo field, image, soundstage, sides, side signal,"
        " breite, stereobreite, stereobild, stereo bild, panorama, bühne, seiten, wideness, stereo"
        " spread, spread, panorama breite, stereoeffekt, stereo effect, stereo imaging, imaging,"
        " raumbreite, stereobasis, basisbreite, räumlichkeit, weite, stereo separation"
    ),
    What.DYNAMICS: (
        "dynamics, dynamic range, dynamik, transients, transienten, dynamikumfang, dynamic, dynamik"
        " bereich, micro dynamics, macro dynamics"
    ),
    What.LIMITING: (
        "limiting, limiter, the limiter, limitierung, limitation, ceiling limiter, begrenzer, limit,"
        " limitieren, brickwalling, brickwall, brick wall limiter, clipper, maximizer, limiting effect,"
        " limiters, limitern, limiting amount, begrenzung"
    ),
    What.FADE_IN: (
        "fade in, fadein, fades in, faded in, fading in, einblende, einblendung, einblenden, fade it in,"
        " fade this in, fade the song in, fade the track in, fade it slowly in, fade everything in, fade"
        " me in, fade in effect, fade from silence, fade up, fades up, einfaden, reinfaden, eingeblendet,"
        " einblendet, fade at the start, fade at the beginning, fade at the intro, fade at the front,"
        " fade am anfang"
    ),
    What.FADE_OUT: (
        "fade out, fadeout, fade, fades, fades out, faded out, fading, fading out, fade away, ausblende,"
        " ausblendung, ausblenden, ausfaden, fade am ende, fade it out, fade this out, fade the song out,"
        " fade the track out, fade everything out, fade it slowly out, fade the ending, fade the end,"
        " fade the ending out, fade the end out, fade to silence, fade down, fade it, ausgeblendet,"
        " ausblendet, ausfade, ausfadet, rausfaden, outfade, fade at the end, fade on the end, fader out,"
        " fade to nothing"
    ),
    What.GAP: (
        "gap, gaps, pause, pauses, silence, abstand, abstände, stille, lücke, break between, space"
        " between, breathing space between, room between, pause between, gap between, silence between,"
        " pause zwischen, track spacing, dead air, empty space, dead space, leerlauf, quiet between, time"
        " between, distance between, pause after, gap after, silence after, pause before the next, gap"
        " before the next, silence before the next, zwischenraum, leerstelle, pausen, pausenlänge,"
        " songabstand, titelabstand, abstand zwischen, breather, breathing pause, spacing, spaces"
        " between, luft zwischen, platz zwischen, stille zwischen, transition, transitions, übergang,"
        " übergänge"
    ),
}
"""Things of the whole song."""

NEXT = "next"
"""The name of a gap that is said by what is on its other side."""
_NEXT = (
    "before the next song, before the next one, before the next track, before the next, before next"
    " song, before next track, between songs, between tracks, between the songs, between the tracks,"
    " between this and the next, between this one and the next, after this song, after this one,"
    " after this track, after the song, after the track, next song, the next song, next track, the"
    " next track, next one, the next one, nächste song, nächste lied, nächste stück, nächste track,"
    " nächsten song, nächsten lied, nächsten stück, nächsten track, zwischen den songs, zwischen den"
    " liedern, zwischen den stücken, zwischen den tracks, zwischen den titeln, nach dem song, nach"
    " dem lied, nach dem stück, before the following song, before the following track"
)
_SEAMLESS = (
    "seamless, seamlessly, gapless, segue, run into each other, flow into each other, flow into one"
    " another, run together, straight into the next, straight into the next song, straight into the"
    " next track, directly into the next, directly into the next song, flow into the next, flow into"
    " the next song, flow straight into the next, go straight into the next, nahtlos, nahtlose,"
    " nahtlosen, direkt ineinander, ineinander übergehen, gehen ineinander über, direkt ins nächste,"
    " direkt in den nächsten, without interruption, ohne pause, ohne lücke, without a gap, without"
    " gap, without a pause, without pause, without any gap, without any pause, without gaps, without"
    " pauses, ohne pausen, ohne unterbrechung"
)

_TRAITS: tuple[tuple[What, int, float, str], ...] = (
    (
        What.BASS,
        1,
        1.0,
        (
            "weight, boom, rumble, thump, oomph, wumms, wums, fundament, bassiness, thud, woof, heft,"
            " heaviness, bass kick, tiefgang, rumms, bums, gerumpel, gedröhne, dröhnen, wummern, wummer,"
            " boominess"
        ),
    ),
    (
        What.LOW_MID,
        1,
        1.0,
        (
            "warmth, body, thickness, wärme, waerme, körper, bauch, fülle, fullness, richness, meat,"
            " fatness, fattness, wholeness, körperlichkeit, volumen im körper, fleisch, substanz"
        ),
    ),
    (
        What.LOW_MID,
        1,
        1.0,
        (
            "mud, mudd, muddiness, matsch, mulm, mumpf, matschigkeit, gematsche, brei, mulmigkeit, murk,"
            " murkiness"
        ),
    ),
    (What.LOW_MID, 1, 0.7, "boxiness"),
    (What.MID, 1, 0.8, "honk, nasal tone, nasal sound, nasality, nasalness"),
    (
        What.PRESENCE,
        1,
        1.0,
        (
            "clarity, definition, detail, details, intelligibility, bite, klarheit, deutlichkeit, biss,"
            " verständlichkeit, klarheit in den mitten, durchsetzung, durchsetzungskraft,"
            " textverständlichkeit, articulation, transparenz, transparency"
        ),
    ),
    (What.SIBILANCE, 1, 1.0, "harshness, sharpness, edginess, schärfe, schaerfe, zischeln, gezischel"),
    (
        What.AIR,
        1,
        1.0,
        "sparkle, shimmer, shine, sheen, glanz, glitzer, brillanz, crispness, hiss y top, silk",
    ),
    (What.TILT, -1, 1.0, "darkness, dullness"),
    (
        What.DYNAMICS,
        1,
        1.0,
        (
            "punch, impact, energy, life, kick ass, druck, wucht, energie, lebendigkeit, slam, thwack,"
            " snap, attack, aggression, oomph factor, drive, groove, smack factor, kick in the face, bums,"
            " dampf, schub, kraft, power, vitality, excitement, bounce, pep, schmackes, rumms"
        ),
    ),
    (
        What.DYNAMICS,
        -1,
        1.0,
        (
            "compression, glue, density, kompression, kompressor, compressor, squash, compressing, over"
            " compression, overcompression, squashing, squashiness, komprimierung, verdichtung, kompressoren,"
            " pumping compression"
        ),
    ),
)

_FAULTS: Mapping[What, str] = {
    What.NOISE: (
        "hum, humming, hiss, hissing, noise, noises, buzz, buzzing, crackle, crackles, crackling,"
        " crackling noises, background noise, room noise, tape hiss, static, ground hum, mains hum, noise"
        " floor, brummen, brummt, rauschen, rauscht, grundrauschen, störgeräusch, störgeräusche,"
        " knistern, knistert, netzbrummen, fiepen, surren, whine, buzzes, hisses, hums, rustle, rustling,"
        " interference, electrical noise, electric noise, mains buzz, fan noise, air conditioner, aircon,"
        " ac noise, white noise, noisy, ground loop, ground noise, whistle, whistling, high pitched"
        " whine, ringing noise, rauscht es, brumm, brummt es, brummton, summen, summt, piepen, piept,"
        " pfeifen, pfeift, pfeifton, störgeräuschen, nebengeräusch, nebengeräusche, hintergrundgeräusch,"
        " hintergrundgeräusche, hintergrundrauschen, bandrauschen, zischeln im hintergrund, fiept,"
        " knarzen, knarzt, knirschen, geknister, gebrumme, rausch"
    ),
    What.CLICK: (
        "click, clicks, clicking, pop, pops, popping, tick, ticks, glitch, glitches, plop, plops,"
        " dropout, dropouts, knackser, knacken, knacks, knackt, klick, klicken, klicks, klickt,"
        " aussetzer, knackgeräusch, knackgeräusche, plosive, plosives, clicky noise, clicky, digital"
        " click, digital clicks, clicked, click noise, clicking noise, clicking sound, pop noise, popping"
        " noise, popping sound, ticking, snap noise, spike, spikes, skip, skips, stutter, hiccup,"
        " knackst, knackst es, knackt es, knackgeräuschen, klickt es, klickgeräusch, klickgeräusche,"
        " klacken, klackt, ploppt, ploppen, plopp, plopplaut, plopplaute, popplaute, poppt, glitcht,"
        " schnackeln, digitaler knackser, p pops, p sounds, mouth clicks, mouth noise, mouth noises,"
        " schmatzer, hakt, aussetzern"
    ),
}

_STEMS: Mapping[str, str] = {
    "vocals": (
        "vocals, vocal, vox, voice, voices, singer, singing, lead vocal, lead vocals, lead vox, main"
        " vocal, main vocals, lead voice, vocalist, vocs, acapella, stimme, stimmen, gesang, gesänge,"
        " leadstimme, leadgesang, sänger, sängerin, rap, rapper, lead singer, sung parts, podcaster,"
        " host, hosts, guest, guests, interviewer, narrator, narration, speech, dialogue, dialog, spoken"
        " word, co host, cohost, presenter, moderator, moderatorin, sprecher, sprecherin, gast,"
        " hauptstimme, gesangsstimme, gesangsspur, vocalspur, vocal track, vocal line, lead vocalist,"
        " female vocal, male vocal, rap vocal, rap vocals, raps, vocalists, sängern, frontman, my"
        " singing, stimmchen, singstimme, sprechstimme, lead stimme, solist, solistin, soloist, soloists,"
        " soprano, sopranos, alto, altos, tenor, tenors, baritone"
    ),
    "backing vocals": (
        "backing vocals, backing vocal, background vocals, background vocal, bgvs, bvs, bgv, bv, backing"
        " vox, backings, harmonies, harmony vocals, harmony, choir, backup vocals, background voices,"
        " backing voices, background singers, backing singers, chor, chöre, hintergrundgesang,"
        " backgroundgesang, backing stimmen, adlibs, ad libs, background stimmen, zweitstimme, backups,"
        " doubles, background choir, choirs, bg vocals, backing choir, backing singer, background"
        " harmonies, vocal harmonies, gang vocals, adlib, ad lib, background chöre, hintergrundstimmen,"
        " hintergrundchor, backgrounds, zweitstimmen, chorstimmen, chören, backgroundstimmen, background"
        " chor"
    ),
    "snare": (
        "snare, snares, snare drum, clap, claps, snaredrum, rimshot, snare hits, snare hit, backbeat,"
        " snares and claps, snare trommel, snaretrommel, handclaps"
    ),
    "kick": (
        "kick, kicks, kick drum, kickdrum, bass drum, bassdrum, bd, base drum, kickdrums, kick drums,"
        " bass drums, double kick, double bass drum, bass kick, bassdrums, basstrommel, große trommel,"
        " kicktrommel, doublebass drum, fußtrommel"
    ),
    "drums": (
        "drums, drum, drum kit, drumkit, drummer, drum bus, percussion, perc, beat, toms, tom,"
        " schlagzeug, schlagzeuger, trommeln, drum loop, bongos, shaker, tambourine, overheads, tom toms,"
        " floor tom, floor toms, cajon, congas, drumming, drum track, drum machine, drumcomputer,"
        " schlagzeugs, percussions, perkussion, schlagwerk, drum beat, beats, room mics, blast beats,"
        " drumset, drum set, pauke, pauken, timpani, tamburin"
    ),
    "guitar": (
        "guitar, guitars, gtr, gtrs, guitarist, lead guitar, rhythm guitar, acoustic guitar, acoustic"
        " guitars, electric guitar, electric guitars, acoustic, gitarre, gitarren, gitarrist,"
        " akustikgitarre, e gitarre, guitar solo, gitarrensolo, riff, ukulele, banjo, gits, git, rhythm"
        " guitars, lead guitars, distorted guitar, distorted guitars, clean guitar, rhythmusgitarre,"
        " leadgitarre, sologitarre, solo guitar, guitar solos, guitar riff, riffs, klampfe, guitar track,"
        " guitar tracks, gitarrenspur, gitarrenspuren, gitarristen, e gitarren, akustikgitarren,"
        " gitarrenriff, mandolin, mandoline, power chords, six string"
    ),
    "bass": (
        "bass guitar, bass player, bassist, bassgitarre, e bass, bassline, bass line, basslinie, bass"
        " gitarre, bassspieler, upright bass, kontrabass, double bass, slap bass, basser, bass git,"
        " electric bass, bass guitars, bass gtr, standup bass, bassgitarren, bassspur, bass track,"
        " bassläufe, basslauf, bass riff, bassgitarrist"
    ),
    "hi-hat": (
        "hi hat, hi hats, hihat, hihats, hat, hats, high hat, high hats, closed hat, hi hats pattern,"
        " closed hats, open hat, open hats, hihats pattern, hh, hi hut, hihut"
    ),
    "cymbals": (
        "cymbals, cymbal, crash, crashes, ride, becken, crash cymbal, ride cymbal, crash becken,"
        " crashbecken, ridebecken, splash, china, china cymbal, rides, beckens, cymbal crashes, cymbal"
        " crash, brass cymbals, sizzle"
    ),
    "piano": (
        "piano, pianos, keys, rhodes, grand piano, klavier, flügel, keyboard, keyboards, e piano, organ,"
        " orgel, wurlitzer, pno, electric piano, upright, accordion, akkordeon, clavinet, harpsichord,"
        " cembalo, hammond, hammond organ, pianist, klaviers, tasten, keyboarder, keyboardist, e klavier"
    ),
    "synth": (
        "synth, synths, synthesizer, synthesizers, synthie, synthies, pad, pads, lead synth, synth lead,"
        " synth pad, arp, arpeggio, synth line, synthesiser, leadsynth, pluck, plucks, synth bass,"
        " synthi, synthis, synthie flächen, flächen, synthfläche, synth bassline, lead line, arps,"
        " sequencer, moog, synths pads, fläche, supersaw"
    ),
    "strings": (
        "strings, string section, violin, violins, cello, celli, viola, streicher, geige, geigen,"
        " orchestra, orchester, string quartet, violas, cellos, cellist, violinist, fiddle, fiddles,"
        " string parts, bratsche, bratschen, geiger, geigerin, streichern, streichquartett, kontrabässe,"
        " harp, harfe"
    ),
    "brass": (
        "brass, horns, horn, horn section, trumpet, trumpets, trombone, sax, saxophone, saxofon, bläser,"
        " trompete, trumpets section, trombones, saxophones, saxes, saxo, posaune, posaunen, trompeten,"
        " tuba, brass section, bläsern, bläsersatz, french horn"
    ),
    "flute": (
        "flute, flöte, clarinet, klarinette, woodwinds, flutes, flöten, querflöte, recorder, oboe,"
        " bassoon, woodwind, clarinets, klarinetten, holzbläser"
    ),
}

_NEAREST: Mapping[str, What] = {
    "vocals": What.PRESENCE,
    "guitar": What.PRESENCE,
    "snare": What.PRESENCE,
    "kick": What.BASS,
    "bass": What.BASS,
    "cymbals": What.AIR,
    "hi-hat": What.AIR,
}

_PARTS: Mapping[str, str] = {
    "intro": (
        "intro, intros, intro part, anfangsteil, first part, opening part, first section, opening"
        " section, beginning part, erster teil, ersten teil, erste teil"
    ),
    "outro": (
        "outro, outros, coda, ending, schlussteil, last part, final part, end part, last section, final"
        " section, letzter teil, letzten teil, letzte teil"
    ),
    "verse": "verse, verses, strophe, strophen, vers, verse part",
    "chorus": (
        "chorus, choruses, refrain, refrains, hook, hooks, chorus part, kehrreim, chori, hookline,"
        " refrainteil, choruses parts"
    ),
    "pre-chorus": "pre chorus, prechorus, pre choruses, bridge to the chorus, pre refrain",
    "bridge": "bridge, bridge part, middle eight, middle 8, mittelteil, zwischenteil",
    "drop": "drop, drops",
    "breakdown": "breakdown, break, break down, breakdowns",
    "solo": ("solo, solos, solo part, solo section, guitar solo part, instrumental break"),
    "build-up": "build up, buildup, build, aufbau",
    "interlude": "interlude, zwischenspiel, instrumental part",
}

_OUT_OF_REACH: Mapping[str, str] = {
    "tempo": (
        "tempo, bpm, speed, speed up, speed it up, speed this up, speed the song up, slow down, slow it"
        " down, slow the song down, slow this down, slow the track down, speed the track up, faster,"
        " slower, schneller, langsamer, geschwindigkeit, play it faster, beats per minute, drags,"
        " dragging, rushes, rushing, schleppt, too fast a tempo, quicker tempo, up tempo, schneller"
        " machen, langsamer machen, beschleunigen, verlangsamen, time stretch, timestretch, timing,"
        " quantize, quantise, quantisieren, rhythm, half time, double time"
    ),
    "key": (
        "key, transpose, transposed, pitch, semitone, semitones, half step, half steps, whole step,"
        " pitch up, pitch down, pitched, tonart, halbton, halbtöne, transponieren, transponiere, octave,"
        " oktave, in a different key, tune, tuning, autotune, auto tune, tune the vocals, stimmung, pitch"
        " correction, in tune, out of tune, off key, verstimmt, ganzton, ganztöne, half tone, half tones,"
        " whole tone, whole tones, half a tone, a tone lower, a tone higher, whole steps, minor key,"
        " major key, dur, moll, pitch shift, pitch shifted, pitchshift, detune, detuned, tonhöhe,"
        " hochpitchen, runterpitchen, pitchen, pitche, gepitcht, cents, umstimmen, höher stimmen, tiefer"
        " stimmen, melodyne, tuned, off pitch, schief gesungen, tonlage, half a step, a half step, half a"
        " semitone, a whole step, a full step, one step lower, one step higher, ein halbton, d minor, c"
        " minor, a minor"
    ),
}

_DESTINATIONS: Mapping[str, str] = {
    "spotify": ("spotify, spotifys, spotify playlist, spotify playlists"),
    "apple": "apple music, itunes, apple",
    "youtube": ("youtube, you tube, youtube video, youtube videos, youtube channel, music video"),
    "soundcloud": "soundcloud, sound cloud",
    "tidal": "tidal",
    "club": (
        "club, clubs, club playback, club play, club system, dance floor, dancefloor, djs, dj, dj sets,"
        " dj set, clubs and bars, disco, clubbing, rave, raves, festival, festivals, club sound system,"
        " pa, pa system, big systems, big system, clubanlage, clubanlagen, tanzfläche, dj use, discothek,"
        " diskothek, festival stage"
    ),
    "vinyl": (
        "vinyl, vinyl cut, vinyl pressing, lp, schallplatte, vinyls, record pressing, pressing plant,"
        " presswerk, lacquer, lacquer cut, vinyl master, vinyl release, vinylpressung, vinylschnitt,"
        " platte, schallplatten, cassette, tape release, kassette"
    ),
    "cd": ("cd, cds, compact disc, cd pressing, cd release, cd pressung, cd master"),
    "streaming": (
        "streaming, streaming services, streaming platforms, dsps, streamingdienste, streamingdiensten,"
        " streaming service, streaming platform, streaming dienste, streaming plattformen, streaming"
        " portale, dsp, all platforms, all streaming platforms, the streamers, online streaming,"
        " streaming release"
    ),
    "broadcast": (
        "broadcast, radio, tv, television, rundfunk, fernsehen, airplay, radio airplay, radio play,"
        " radio broadcast, radio stations, radio station, radiosender, broadcasting, tv broadcast,"
        " commercial, werbung, ad spot, werbespot, hörfunk"
    ),
    "cinema": (
        "cinema, film, kino, movie, movie theater, movie theatre, theater, theatre, film score, netflix,"
        " trailer, dcp, games, video game"
    ),
    "podcast": (
        "podcast, podcasts, podcast platforms, audible audiobook, audiobook, acx, hörbuch, podcast feed"
    ),
    "bandcamp": "bandcamp",
    "tiktok": "tiktok, tik tok, instagram, reels, social media",
    "deezer": "deezer",
    "amazon": "amazon, amazon music",
}

_FORMATS = (
    "mp3, mp3s, wav, wavs, wave, wave file, flac, flacs, aiff, aif, aac, m4a, ogg, opus,"
    " instrumental version, instrumental, instrumentals, acapella version, a cappella version, radio"
    " edit, hi res, hires, hi res version, high res, ddp, sample rate, bit depth, dithered, khz"
    " version, lossless, samplerate, stems, file format, dateiformat, format, instrumentalversion,"
    " clean version, mfit, 16 bit version, 24 bit version, hi res wav, hd version, wav file, wav"
    " files, mp3 file, mp3 files, mp3 version, flac file, flac files, aiffs, atmos, dolby atmos,"
    " instrumental mix, karaoke version, karaoke, vinyl files, 320, kbps, 48k, 44k, 96k, ddp image,"
    " master files in, alac, caf, compressed file, mp3 datei, wav datei, mp3 dateien, wav dateien,"
    " wav version, wave datei, waves, datei format, audio format, mp4, zip, instrumentalfassung,"
    " radiofassung, karaokeversion, clean edit, explicit version, dirty version"
)
_METADATA = (
    "isrc, upc, metadata, meta data, metadaten, id3, tags, tag, title, titel, song title, song name,"
    " track title, track name, artist name, artist, album name, album title, spell, spelled, spelt,"
    " misspelled, spelling, typo, typos, credit, credits, composer, songwriter, genre, release date,"
    " künstlername, schreibweise, geschrieben, schreibt, tippfehler, albumtitel, komponist,"
    " interpret, file name, filename, dateiname, name of the song, name of the track, rename,"
    " umbenennen, feat, featuring, track number, cover art, upc code, ean, barcode, isrcs, isrc code,"
    " isrc codes, id3 tags, embed, embedded, misspelt, mis spelled, mistake in the"
    " title, wrong title, wrong name, wrong artist, right title, correct title, correct name, falsch"
    " geschrieben, bandname, band name, songtitel, titelname, name des songs, name des liedes,"
    " interpretenname, albumname, producer credit, writer credit, writer credits, copyright,"
    " copyright year, lyricist, texter, jahr in den tags, metadatei, getaggt, tagged, tagging,"
    " umlaut, umlaute, capital letter, capital letters, uppercase, lowercase, großgeschrieben,"
    " kleingeschrieben, hyphen, apostrophe, release year, tracklist, track listing, tracklisting,"
    " mastered by"
)


def things() -> Iterator[tuple[str, Sense]]:
    """Each phrase with what it names."""
    for what, said in _THINGS.items():
        yield from ((word, Sense(Role.THING, what, 1)) for word in _words(said))
    yield from ((word, Sense(Role.THING, What.GAP, 1, name=NEXT)) for word in _words(_NEXT))
    yield from ((word, Sense(Role.THING, What.GAP, -1)) for word in _words(_SEAMLESS))
    for what, direction, ratio, said in _TRAITS:
        yield from ((word, Sense(Role.TRAIT, what, direction, ratio)) for word in _words(said))
    for what, said in _FAULTS.items():
        yield from ((word, Sense(Role.FAULT, what, -1)) for word in _words(said))
    for name, said in _STEMS.items():
        yield from ((word, Sense(Role.STEM, What.LEVEL, name=name)) for word in _words(said))
    for name, said in _PARTS.items():
        yield from ((word, Sense(Role.PART, name=name)) for word in _words(said))
    for name, said in _OUT_OF_REACH.items():
        yield from ((word, Sense(Role.OUT_OF_REACH, name=name)) for word in _words(said))
    for name, said in _DESTINATIONS.items():
        yield from ((word, Sense(Role.DESTINATION, What.DESTINATION, name=name)) for word in _words(said))
    yield from ((word, Sense(Role.FORMAT, What.FORMAT)) for word in _words(_FORMATS))
    yield from ((word, Sense(Role.METADATA, What.METADATA)) for word in _words(_METADATA))


def nearest(stem: str) -> What | None:
    """The band of the whole song that is nearest to the level of a stem."""
    return _NEAREST.get(stem)


def _words(said: str) -> list[str]:
    return said.split(", ")
