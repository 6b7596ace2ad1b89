"""The loops that touch every sample, compiled once per machine.

Each module holds one subject. Audio is planar float32 (channels, frames), C-contiguous, finite. Kernels check
nothing: the stages that call them do.
"""
