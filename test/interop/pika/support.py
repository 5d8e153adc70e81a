"""What the checks share: a connection to AMQP_URL, names nobody else uses, and the tutorial programs as processes."""
import os
import queue
import subprocess
import sys
import threading
import uuid

import pika

LINE_TIMEOUT_S = 15
PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")


def connect(**overrides):
    parameters = pika.URLParameters(os.environ["AMQP_URL"])
    for name, value in overrides.items():
        setattr(parameters, name, value)
    return pika.BlockingConnection(parameters)


def unique(name):
    return f"interop.{name}.{uuid.uuid4().hex[:12]}"


def equal(actual, expected, what="result"):
    if actual != expected:
        raise AssertionError(f"{what}: expected {expected!r}, got {actual!r}")


def raises(kind, action):
    """The exception of this kind that the action ends in."""
    try:
        action()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}, and nothing was raised")


def until(connection, condition, timeout_s=10, what="condition"):
    """Serves the connection until the condition holds."""
    for _ in range(int(timeout_s / 0.05)):
        if condition():
            return
        connection.process_data_events(time_limit=0.05)
    raise AssertionError(f"{what} not met after {timeout_s} s")


def clean(queues=(), exchanges=()):
    """Deletes what the tutorial programs, whose names are fixed, leave behind."""
    connection = connect()
    channel = connection.channel()
    for name in queues:
        channel.queue_delete(name)
    for name in exchanges:
        channel.exchange_delete(name)
    connection.close()


class Program:
    """A tutorial program that is running; what it prints is read line by line."""

    def __init__(self, name, *arguments):
        self.name = name
        command = [sys.executable, "-u", os.path.join(PROGRAMS, f"{name}.py"), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.printed = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.printed.put(line.rstrip("\n"))
        self.printed.put(None)

    def expect(self, *lines):
        """The next lines, which must be these."""
        for expected in lines:
            equal(self.line(), expected, self.name)

    def line(self):
        try:
            line = self.printed.get(timeout=LINE_TIMEOUT_S)
        except queue.Empty:
            raise AssertionError(f"{self.name} printed nothing for {LINE_TIMEOUT_S} s") from None
        if line is None:
            raise AssertionError(f"{self.name} ended with exit code {self.process.wait()}")
        return line

    def until(self, last):
        """All lines up to one that begins like this, included."""
        lines = [self.line()]
        while not lines[-1].startswith(last):
            lines.append(self.line())
        return lines

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


def listening(name, *arguments):
    """A program that consumes, once it does."""
    program = Program(name, *arguments)
    program.expect("waiting")
    return program


def run(name, *arguments):
    """Runs a program to its end, and returns the lines it printed."""
    command = [sys.executable, os.path.join(PROGRAMS, f"{name}.py"), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=LINE_TIMEOUT_S)
    if ended.returncode != 0:
        raise AssertionError(f"{name} ended with exit code {ended.returncode}: {ended.stderr}")
    return ended.stdout.splitlines()
