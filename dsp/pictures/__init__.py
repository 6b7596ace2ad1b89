"""Pictures of sound for a chat: dark, calm, 1200 x 630, drawn with numpy and Pillow alone."""

from dsp.pictures.cards import album, before_after, intake, version_change
from dsp.pictures.waveform import envelope

__all__ = ["album", "before_after", "envelope", "intake", "version_change"]
