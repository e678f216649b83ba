"""The load of soak.sh: soak.py ADDRESS PID PROOF MINUTES CONNECTIONS."""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from urllib.parse import urlsplit

CALIBRATION = 20.0
SHARE = 0.7


def memory(pid: int) -> float:
    """What the process has in memory, in MB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


class Load:
    """Requests on connections of their own, at a rate or without waiting."""

    def __init__(self, address: str, proof: bytes, connections: int) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.proof, self.connections = proof, connections
        self.lock = threading.Lock()
        self.times: list[float] = []
        self.done = 0
        self.faults: list[str] = []
        self.rate = 0.0
        self.end = 0.0
        self.next = 0.0

    def turn(self) -> bool:
        """Waits for the moment of the next request; false when there is none."""
        with self.lock:
            moment = max(self.next, time.monotonic()) if self.rate == 0 else self.next
            self.next = moment + (1 / self.rate if self.rate else 0)
        if moment >= self.end:
            return False
        pause = moment - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        return True

    def worker(self, number: int) -> None:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
        count = number
        while self.turn():
            count += 1
            begin = time.monotonic()
            try:
                self.ask(connection, count)
                with self.lock:
                    self.done += 1
                    self.times.append(time.monotonic() - begin)
            except Exception as error:  # noqa: BLE001 - whatever it is, the soak has failed
                with self.lock:
                    self.faults.append(f"{type(error).__name__}: {error}")
                connection.close()
                if len(self.faults) > 100:
                    return
        connection.close()

    def ask(self, connection: http.client.HTTPConnection, count: int) -> None:
        headers = {"Content-Type": "application/json"}
        method, path, body, status = "POST", "/v1/verify?audience=Example%20Exchange", self.proof, 200
        if count % 20 == 0:
            method, path, body, status = [
                ("GET", "/readyz", None, 200), ("GET", "/metrics", None, 200), ("GET", "/v1/status", None, 200),
                ("GET", "/v1/accounts/nobody", None, 404), ("POST", "/v1/requests", b"{}", 422), ("GET", "/", None, 200),
            ][count // 20 % 6]
        connection.request(method, path, body=body, headers=headers if body else {})
        response = connection.getresponse()
        content = response.read()
        if path == "/v1/requests":
            status = response.status if response.status in (400, 422) else status
        if response.status != status:
            raise ValueError(f"{path} answered {response.status}: {content[:200]!r}")
        if path.startswith("/v1/verify") and json.loads(content)["verdict"] != "accepted":
            raise ValueError(f"a proof that holds was rejected: {content[:200]!r}")

    def run(self, seconds: float, rate: float) -> None:
        self.rate, self.next = rate, time.monotonic()
        self.end = self.next + seconds
        threads = [threading.Thread(target=self.worker, args=(number,)) for number in range(self.connections)]
        for thread in threads:
            thread.start()
        self.threads = threads

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()

    def take(self) -> tuple[int, list[float]]:
        with self.lock:
            done, times = self.done, sorted(self.times)
            self.done, self.times = 0, []
        return done, times


def main() -> int:
    address, pid, path, minutes, connections = sys.argv[1:]
    with open(path, "rb") as file:
        load = Load(address, file.read(), int(connections))
    process = int(pid)
    idle = memory(process)
    load.run(CALIBRATION, 0)
    load.wait()
    done, _ = load.take()
    reached = done / CALIBRATION
    print(f"idle {idle:.1f} MB; {reached:.0f} requests a second without waiting, {memory(process):.1f} MB after it", flush=True)
    seconds = float(minutes) * 60
    load.run(seconds, reached * SHARE)
    samples: list[float] = []
    begin, shown, total = time.monotonic(), time.monotonic(), 0
    while any(thread.is_alive() for thread in load.threads):
        time.sleep(1)
        samples.append(memory(process))
        if time.monotonic() - shown >= 60:
            count, times = load.take()
            total += count
            middle = times[len(times) // 2] * 1_000 if times else 0
            late = times[len(times) * 99 // 100] * 1_000 if times else 0
            print(
                f"minute {(time.monotonic() - begin) / 60:4.1f}  {samples[-1]:7.1f} MB  {count / (time.monotonic() - shown):6.0f} "
                f"a second  half within {middle:.1f} ms, 99 % within {late:.1f} ms", flush=True)
            shown = time.monotonic()
    count, _ = load.take()
    total += count
    tenth = max(len(samples) // 10, 1)
    first = sum(samples[tenth:2 * tenth]) / len(samples[tenth:2 * tenth] or [1]) if len(samples) > tenth else samples[0]
    last = sum(samples[-tenth:]) / tenth
    grew = last > first * 1.1 and last > first + 8
    for fault in load.faults[:5]:
        print(f"FAULT {fault}")
    print(
        f"{total} requests in {minutes} minutes at {SHARE:.0%} of {reached:.0f} a second: {first:.1f} MB at the beginning, "
        f"{last:.1f} MB at the end, {max(samples):.1f} MB at most, {len(load.faults)} failed")
    if grew:
        print("FAULT memory grew")
    return 1 if grew or load.faults else 0


if __name__ == "__main__":
    sys.exit(main())
