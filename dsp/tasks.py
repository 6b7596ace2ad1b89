"""File-level steps of the engine, each run in a process of its own: paths in, files below `out` and plain
figures back.

CONTRACT CHANGED since the sound brief was written (see core/ports.py, Sound, and core/work/recipes.py,
core/work/pictures.py, which call this through bots/sound.py). Measuring and drawing are two steps because
what a picture says is worded between them:

    intake(source, out, *, max_minutes, report) -> {"pcm": path, "envelope": path of a .npy, "analysis":
    {...}, "advice": [{"code","details"}]} render(pcm, out, *, analysis, settings, source_sha256, report)
        -> {"master", "preview", "ab", "envelopes" (paths; one .npz with before/after), "measured": {...},
        "matched_gain_db": float} measured: lufs, true_peak, sample_peak, lra, plr, duration, width_db (side
        minus mid energy, dB), spectrum_mid, spectrum_side ([[hz, dB], …]),
                  max_gain_reduction_db, reached (bool), why (code or null)
    deliver(master, out, *, tags: {title, artist, album, track}, stem, ceiling, report) -> {"files": [{"path",
    "media_type"}, …]} draw(kind, out, **data) -> str path      kind: intake | before_after | version_change |
    album; data: exactly what core/work/pictures.py hands over
                                             (intake: envelope=path; before_after: envelopes=path); spectra are those of the analysis (null levels = silence)
`report(fraction, stage)`. Everything returned is JSON-able (−inf is None).
"""
