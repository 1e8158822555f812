# SPDX-License-Identifier: MIT
"""server.py: a mail server that the tests run on loopback: it records every byte, and misbehaves where it is told to."""
import base64
import socket
import ssl
import subprocess
import threading
import time

STEPS = ("greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "end", "quit")


class Gone(Exception):
    """The client has closed, or the server was told to drop it."""


class Connection:
    """What one client said: raw bytes (as decrypted), commands, messages."""

    def __init__(self):
        self.raw = b""
        self.commands = []      # verbs, as they came
        self.lines = []         # whole command lines
        self.messages = []      # (sender, [recipients], bytes as sent, dots unstuffed)
        self.tls = False
        self.user = None
        self.hello = None


class Server:
    """security: plain, starttls, tls. drop, hang: steps at which the next so many connections are lost or left waiting.
    The local part of a recipient says how it is answered: "r550" at RCPT, "d451" at DATA, "e554" behind the message."""

    def __init__(self, security="plain", cert=None, login=None, methods="PLAIN LOGIN", words=None):
        self.security, self.login, self.methods = security, login, methods
        self.words = words or {}            # step: reply instead of the usual one
        self.drop, self.hang = {}, {}       # step: how often
        self.fickle = None                  # a random.Random: one step in nine loses the connection
        self.taken_unsaid = 0               # messages that were taken, and whose answer was lost
        self.slow_drop = 0                  # seconds after which the second MAIL of a connection ends it
        self.hang_after = None              # connections after which each greeting is awaited in vain
        self.close_idle_after = None        # messages a connection
        self.last_words = "421 4.4.2 idle for too long"
        self.slow_end = 0                   # seconds that the first message waits for its answer
        self.connections = []
        self.lock = threading.Lock()
        self.context = None
        if cert:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(*cert)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.stopped = threading.Event()
        self.threads = []
        self.listener = threading.Thread(target=self.accept, daemon=True)
        self.listener.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.socket.shutdown(socket.SHUT_RDWR)      # wakes accept(), which would take one more client
        self.socket.close()
        self.listener.join(5)
        for thread in self.threads:
            thread.join(5)

    def url(self, host="localhost"):
        return "%s://%s:%d" % ("smtps" if self.security == "tls" else "smtp", host, self.port)

    @property
    def messages(self):
        return [m for c in self.connections for m in c.messages]

    @property
    def commands(self):
        return [v for c in self.connections for v in c.commands]

    def accept(self):
        while not self.stopped.is_set():
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            connection = Connection()
            self.connections.append(connection)
            thread = threading.Thread(target=self.serve, args=(client, connection), daemon=True)
            self.threads.append(thread)
            thread.start()

    def serve(self, client, connection):
        client.settimeout(20)
        session = Session(self, client, connection)
        try:
            session.run()
        except (Gone, OSError, ssl.SSLError):
            pass
        finally:
            session.socket.close()

    def trouble(self, step, session):
        """Is this step one at which the connection is to be lost, or left waiting?"""
        with self.lock:
            drop = self.drop.get(step, 0) > 0
            hang = self.hang.get(step, 0) > 0
            if drop:
                self.drop[step] -= 1
            drop = drop or (self.fickle is not None and self.fickle.random() < 1 / 9)
            if hang:
                self.hang[step] -= 1
        if drop:
            self.taken_unsaid += step == "taken"
            raise Gone
        if hang:
            session.wait_for_the_end()
            raise Gone


class Session:
    def __init__(self, server, client, connection):
        self.server, self.socket, self.connection = server, client, connection
        self.buffer = b""

    def wait_for_the_end(self):
        self.socket.settimeout(0.2)
        for _ in range(100):
            if self.server.stopped.is_set():
                return
            try:
                if not self.socket.recv(65536):
                    return
            except (socket.timeout, ssl.SSLWantReadError):
                continue
            except OSError:
                return

    def say(self, text):
        self.socket.sendall(text.encode() + b"\r\n")

    def more(self):
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self.connection.raw += data
        self.buffer += data

    def line(self):
        while b"\r\n" not in self.buffer:
            self.more()
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line

    def answer(self, step, usual):
        self.server.trouble(step, self)
        self.say(self.server.words.get(step, usual))

    def secure(self):
        self.socket = self.server.context.wrap_socket(self.socket, server_side=True)
        self.connection.tls = True
        self.buffer = b""

    def features(self):
        lines = ["localhost", "8BITMIME", "SIZE 10000000"]
        if self.server.security == "starttls" and not self.connection.tls:
            lines.append("STARTTLS")
        if self.server.login and (self.connection.tls or self.server.security == "plain"):
            lines.append("AUTH " + self.server.methods)
        lines.append("HELP")
        return "\r\n".join("250%s%s" % (" " if i == len(lines) - 1 else "-", l) for i, l in enumerate(lines))

    def authenticate(self, line):
        words = line.split()
        method = words[1].upper()
        if method == "PLAIN":
            blob = words[2] if len(words) > 2 else self.ask("")
            _, user, password = base64.b64decode(blob).decode().split("\0")
        else:
            user = base64.b64decode(words[2] if len(words) > 2 else self.ask("VXNlcm5hbWU6")).decode()
            password = base64.b64decode(self.ask("UGFzc3dvcmQ6")).decode()
        if (user, password) == self.server.login:
            self.connection.user = user
            self.answer("auth", "235 2.7.0 in")
        else:
            self.answer("auth", "535 5.7.8 no %s with %s" % (user, password))

    def ask(self, prompt):
        self.say("334 " + prompt)
        return self.line().decode()

    def body(self):
        while b"\r\n.\r\n" not in b"\r\n" + self.buffer:
            self.server.trouble("body", self)
            self.more()
        whole, _, rest = (b"\r\n" + self.buffer).partition(b"\r\n.\r\n")
        self.buffer = rest
        return (whole[2:] + b"\r\n").replace(b"\r\n..", b"\r\n.") if not whole.startswith(b"\r\n..") else \
            (whole[3:] + b"\r\n").replace(b"\r\n..", b"\r\n.")

    @staticmethod
    def told(address, letter, usual):
        local = address.partition("@")[0]
        if local[:1] == letter and local[1:4].isdigit():
            return "%s %s.1.1 the words of a server: %s, Ada Canary" % (local[1:4], local[1], address)
        return usual

    def run(self):
        server, connection = self.server, self.connection
        sender, recipients, since = None, [], 0
        if server.security == "tls":
            self.secure()
        if server.hang_after is not None and len(server.connections) > server.hang_after:
            self.wait_for_the_end()
            raise Gone
        self.answer("greeting", "220 localhost ESMTP")
        while True:
            line = self.line().decode("latin-1")
            verb = line.split(" ")[0].upper()
            connection.lines.append(line)
            connection.commands.append(verb)
            if verb in ("EHLO", "HELO"):
                connection.hello = line[5:]
                self.answer("ehlo", self.features())
            elif verb == "STARTTLS":
                self.answer("starttls", "220 go")
                if "starttls" not in server.words:
                    self.secure()
            elif verb == "AUTH":
                self.authenticate(line)
            elif verb == "MAIL":
                if server.slow_drop and since:
                    time.sleep(server.slow_drop)
                    raise Gone
                sender, recipients = line[len("MAIL FROM:<"):].partition(">")[0], []
                self.answer("mail", "250 2.1.0 ok")
            elif verb == "RCPT":
                address = line[len("RCPT TO:<"):].rpartition(">")[0]
                reply = self.told(address, "r", "250 2.1.5 ok")
                if reply[0] == "2":
                    recipients.append(address)
                self.answer("rcpt", reply)
            elif verb == "DATA":
                reply = self.told(recipients[0] if recipients else "", "d", "354 go on")
                self.answer("data", reply)
                if reply[0] != "3" or "data" in server.words:
                    continue
                data = self.body()
                reply = self.told(recipients[0], "e", "250 2.0.0 taken")
                server.trouble("end", self)
                pause, server.slow_end = server.slow_end, 0
                time.sleep(pause)
                if reply[0] == "2":
                    connection.messages.append((sender, recipients, data))
                    since += 1
                server.trouble("taken", self)
                self.say(server.words.get("end", reply))
                if server.close_idle_after and since >= server.close_idle_after:
                    time.sleep(0.05)
                    if server.last_words:
                        self.say(server.last_words)
                    raise Gone
            elif verb == "QUIT":
                self.answer("quit", "221 bye")
                return
            elif verb in ("NOOP", "RSET"):
                self.say("250 ok")
            else:
                self.say("500 5.5.1 what?")


def make_certificates(folder):
    """A CA, a certificate for localhost, one for another name, and a second CA; as {name: path}."""
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=folder)

    def authority(name):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".pem")

    def certificate(name, host, by):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + host,
                "-keyout", name + ".key", "-out", name + ".csr")
        with open("%s/%s.ext" % (folder, name), "w") as out:
            out.write("subjectAltName=DNS:%s\n" % host)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", by + ".pem", "-CAkey", by + ".key", "-CAcreateserial", "-days", "2",
                "-extfile", name + ".ext", "-out", name + ".pem")

    authority("authority")
    authority("stranger")
    certificate("localhost", "localhost", "authority")
    certificate("elsewhere", "elsewhere.example", "authority")
    return {"ca": folder + "/authority.pem", "other_ca": folder + "/stranger.pem",
            "good": (folder + "/localhost.pem", folder + "/localhost.key"),
            "elsewhere": (folder + "/elsewhere.pem", folder + "/elsewhere.key")}
