"""One run at a time in a folder: a lock file that is taken over when its owner is dead."""

from __future__ import annotations

import errno
import json
import os
import socket
import threading
import time
from pathlib import Path

from bolus import IoError

__all__ = ["FolderBusy", "FolderLock"]

_NAME = ".bolus.lock"
#: What a file system says that knows no second name of a file.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS)


def _started(pid: int) -> str:
    """When a process began, in the kernel's ticks, so that a number used again is not taken for the process of before."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # there, and somebody else's
        return True
    return True


class FolderBusy(IoError):
    """Another run is writing to the folder."""


class FolderLock:
    """Context manager: the folder is ours, or IoError says who has it.

    The owner touches its lock file as long as it lives. A lock is stale when its owner ran on this machine and is no
    more, or when nobody touched it for ``patience`` seconds by the clock of the file system.

    Parameters
    ----------
    folder : path
        There already.
    patience : float
        Seconds.
    """

    def __init__(self, folder: Path, patience: float = 300.0):
        self._path = folder / _NAME
        self._patience = patience
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._content = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "started": _started(os.getpid())})

    def __enter__(self) -> FolderLock:
        for _ in range(5):
            try:
                self._create()
            except FileExistsError:
                self._remove_if_stale()
                continue
            except OSError as error:
                raise IoError(
                    f"cannot write into {self._path.parent}: {error.strerror}; choose another folder, or ask "
                    "for the right to write"
                ) from error
            self._thread = threading.Thread(target=self._touch, daemon=True)
            self._thread.start()
            return self
        raise IoError(
            f"cannot take {self._path}: it comes back again and again; end the other runs in this folder first"
        )

    def _create(self) -> None:
        """The lock file with its words in it, or none: one that a full disk left empty would name nobody."""
        draft = self._path.with_name(f"{_NAME}.{os.getpid()}.{threading.get_ident()}")
        try:
            draft.write_text(self._content)
            os.link(draft, self._path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            with self._path.open("x") as file:
                file.write(self._content)
        finally:
            draft.unlink(missing_ok=True)

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        try:
            if self._path.read_text() == self._content:
                self._path.unlink()
        except OSError:
            pass

    def _touch(self) -> None:
        while not self._stop.wait(min(20.0, self._patience / 5)):
            try:
                os.utime(self._path)
            except OSError:  # taken away: nothing to keep alive
                return

    def _age(self) -> float:
        """Seconds since the last touch; both times come from the file system, so clocks of machines do not matter."""
        probe = self._path.with_name(f"{_NAME}.{os.getpid()}")
        try:
            probe.write_text("")
            return probe.stat().st_mtime - self._path.stat().st_mtime
        finally:
            probe.unlink(missing_ok=True)

    def _remove_if_stale(self) -> None:
        try:
            content, age = self._path.read_text(), self._age()
        except FileNotFoundError:
            return
        except OSError as error:
            raise IoError(f"cannot write into {self._path.parent}: {error.strerror}; choose another folder") from error
        try:
            owner = json.loads(content)
            host, pid, started = str(owner["host"]), int(owner["pid"]), str(owner["started"])
        except (ValueError, KeyError, TypeError):
            host, pid, started = "", 0, ""  # being written, or cut off by a full disk
            if age < 5.0:
                time.sleep(0.2)
                return
        here = host == socket.gethostname()
        dead = here and (not _alive(pid) or (started != "" and _started(pid) not in ("", started)))
        if not dead and age <= self._patience:
            raise FolderBusy(
                f"another run is writing to {self._path.parent} (process {pid} on {host or 'an unknown machine'}, last seen "
                f"{max(age, 0):.0f} s ago); wait for it or choose another folder. If it is gone for certain, "
                f"remove {self._path}"
            )
        # Two may find this out at once: who moves it away checks that it was the stale one.
        aside = self._path.with_name(f"{_NAME}.stale.{os.getpid()}.{threading.get_ident()}")
        try:
            os.rename(self._path, aside)
        except OSError:
            return
        if aside.read_text() != content:
            try:
                os.link(aside, self._path)
            except OSError:
                pass
        aside.unlink()
