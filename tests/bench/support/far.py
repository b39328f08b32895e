"""A long, bad way to a server: what goes over it is real TCP, over packets that are late, lost, or cut off.

Two TUN devices, one of them in a network namespace of its own, with this program as the wire between them. It listens on
loopback, because plain HTTP is for this very machine only, and carries every connection over the wire to the server's
port. Loss hits packets, so what it does to TCP is done by the kernel's TCP. Needs root and /dev/net/tun; the kernel's
own netem is not everywhere.

Prints the address to connect to, then answers each line on its input with how many connections it has cut.
"""

import argparse
import ctypes
import fcntl
import heapq
import itertools
import os
import random
import select
import socket
import struct
import subprocess
import sys
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
NETWORK = "10.78.0"


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def listener_in(space):
    """A listening socket behind the wire. A socket stays in the namespace of the thread that made it."""
    made = []

    def make():
        with open(f"/run/netns/{space}") as file:
            if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), 0) != 0:
                raise OSError(ctypes.get_errno(), "setns")
        made.append(socket.create_server((f"{NETWORK}.2", 0)))

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    return made[0]


class Wire:
    """Carries packets both ways, late by `delay` seconds, without a part `loss` of them."""

    def __init__(self, near, far, delay, loss, dice):
        self.ends, self.delay, self.loss, self.dice = {near: far, far: near}, delay, loss, dice

    def run(self):
        under_way, number = [], itertools.count()
        while True:
            now = time.monotonic()
            while under_way and under_way[0][0] <= now:
                _, _, end, packet = heapq.heappop(under_way)
                os.write(end, packet)
            patience = max(0, under_way[0][0] - now) if under_way else None
            for device in select.select(list(self.ends), [], [], patience)[0]:
                packet = os.read(device, 65536)
                if self.dice.random() >= self.loss:
                    heapq.heappush(under_way, (time.monotonic() + self.delay, next(number), self.ends[device], packet))


class Door:
    """Hands connections on to `goal`; as long as cuts are left, each for a number of bytes only."""

    def __init__(self, listener, goal, cuts, dice):
        self.listener, self.goal, self.left, self.cut, self.dice = listener, goal, cuts, 0, dice
        self.lock = threading.Lock()

    def run(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def life(self):
        with self.lock:
            if self.left <= 0:
                return None
            return self.dice.randrange(4_000, 60_000)

    def carry(self, near):
        server = socket.create_connection(self.goal)
        for end in (near, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            # Little may wait here: what the sender has handed over should be on its way.
            end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        threading.Thread(target=self.pump, args=(server, near, None), daemon=True).start()
        self.pump(near, server, self.life())

    def pump(self, source, sink, life):
        try:
            while piece := source.recv(16384):
                if life is not None and (life := life - len(piece)) < 0:
                    with self.lock:
                        self.left, self.cut = self.left - 1, self.cut + 1
                    # Reset rather than closed: nobody gets a polite end, and what was under way is lost.
                    for end in (source, sink):
                        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    break
                sink.sendall(piece)
        except OSError:
            pass  # One side is gone, which the other side is told below.
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It is over already.
            end.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int, help="where the server listens on 127.0.0.1")
    parser.add_argument("--delay", type=float, default=0, help="seconds, each way")
    parser.add_argument("--loss", type=float, default=0, help="part of the packets, each way")
    parser.add_argument("--cuts", type=int, default=0, help="connections to cut")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)
    space = f"far{os.getpid()}"
    near, far = tun(f"near{os.getpid()}"), tun(space)
    ip("netns", "add", space)
    try:
        ip("link", "set", space, "netns", space)
        ip("-n", space, "address", "add", f"{NETWORK}.2/24", "dev", space)
        ip("-n", space, "link", "set", space, "up")
        ip("address", "add", f"{NETWORK}.1/24", "dev", f"near{os.getpid()}")
        ip("link", "set", f"near{os.getpid()}", "up")
        door = Door(listener_in(space), ("127.0.0.1", asked.port), asked.cuts, dice)
        front = Door(socket.create_server(("127.0.0.1", 0)), door.listener.getsockname(), 0, dice)
        threading.Thread(target=Wire(near, far, asked.delay, asked.loss, dice).run, daemon=True).start()
        for end in (door, front):
            threading.Thread(target=end.run, daemon=True).start()
        print(f"127.0.0.1:{front.listener.getsockname()[1]}", flush=True)
        for _ in sys.stdin:
            print(door.cut, flush=True)
    finally:
        ip("netns", "delete", space)


main()
