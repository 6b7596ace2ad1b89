"""The jail: what a process that reads strangers' files can no longer do, and how much it may take.

Sound needs memory, time, threads and the files it is given. It needs no network, no other program and no
other process, so the kernel is told to refuse those (seccomp(2), a list of system calls). That holds for the
life of the process and cannot be taken back by it.
"""

import errno
import os
import resource
import socket
from contextlib import suppress
from pathlib import Path

from storage.queue import landlock
from storage.queue.limits import Limits

FILES = 256
"""Files that a process may have open at the same time."""

PATIENCE = 10
"""How much nicer than the service a process is: the desk answers first (nice(2))."""

_CLONE_THREAD = 0x00010000

# What none of the libraries of sound calls, and what would lead out.
REFUSED = (
    # the network
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg",
    "sendmmsg", "recvfrom", "recvmsg", "recvmmsg",
    # the same by another way
    "io_uring_setup", "io_uring_enter", "io_uring_register",
    # other programs and processes
    "execve", "execveat", "fork", "vfork", "ptrace", "process_vm_readv", "process_vm_writev",
    "process_madvise", "kcmp", "pidfd_open", "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo",
    "rt_tgsigqueueinfo", "tkill",
    # the machine
    "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree", "fsopen", "fsmount",
    "fsconfig", "fspick", "mount_setattr", "unshare", "setns", "swapon", "swapoff", "reboot",
    "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module", "bpf",
    "perf_event_open", "userfaultfd", "keyctl", "add_key", "request_key", "open_by_handle_at",
    "fanotify_init", "quotactl", "acct", "settimeofday", "clock_settime", "adjtimex", "clock_adjtime",
    "sethostname", "setdomainname", "syslog", "mknod", "mknodat",
)  # fmt: skip


def seal() -> None:
    """Give up the network, other programs and other processes for ever.

    Raises ImportError, RuntimeError or OSError where seccomp is not there; this process goes on as it was.
    """
    import pyseccomp as kernel

    refuse, own = kernel.ERRNO(errno.EPERM), os.getpid()
    rules = kernel.SyscallFilter(kernel.ALLOW)
    rules.set_attr(kernel.Attr.CTL_TSYNC, 1)
    for name in REFUSED:
        rules.add_rule(refuse, name)
    for name in ("kill", "tgkill"):  # abort(3) signals its own process, and may
        rules.add_rule(refuse, name, kernel.Arg(0, kernel.NE, own))
    rules.add_rule(refuse, "clone", kernel.Arg(0, kernel.MASKED_EQ, _CLONE_THREAD, 0))
    # Its flags are out of a filter's reach. Whoever is told that it does not exist asks for clone instead.
    rules.add_rule(kernel.ERRNO(errno.ENOSYS), "clone3")
    rules.load()


def shut() -> None:
    """Make this process fit for strangers' files, as far as this system can."""
    os.nice(PATIENCE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    _mute()
    with suppress(ImportError, RuntimeError, OSError):  # `gaps` tells
        seal()


def limit(limits: Limits) -> None:
    """Set what the next run may take. Seconds are the pool's to count."""
    for kind, most in (
        (resource.RLIMIT_AS, _mapped() + limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
    ):
        _, hard = resource.getrlimit(kind)
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    if limits.confines is not None:  # last: what is mapped is told by a file
        landlock.confine(limits.confines)


def gaps() -> list[str]:
    """What this process could do and should not, tried here and now. Empty in a whole jail."""
    found = []
    try:
        socket.socket().close()
        found.append("use the network")
    except PermissionError:
        pass
    try:
        os.execv("/nowhere/to/go", ["nothing"])  # noqa: S606  it is not there: only the refusal is of interest
    except PermissionError:
        pass
    except OSError:
        found.append("start programs")
    if not landlock.version():
        found.append("open files that are not the song's")
    return found


def _mapped() -> int:
    """Bytes of address space that this process has; 0 where the kernel does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _mute() -> None:
    """Libraries print what they think of a damaged file, which may be what a stranger wrote into it."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
