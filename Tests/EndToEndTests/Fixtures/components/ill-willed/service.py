# names: every answer comes from a server that nobody has heard of before.
# endless: an answer has no end.
# drip: an answer comes a byte at a time.
# escapes: answers, and the server's name, are for a terminal, an XML parser and a browser to stumble over.
# log: 150 MB of log lines before the first answer, and some with each.
import asyncio, os, sys

MODE, COUNT = "${mode}", 0
HOSTILE = (b"\x1b[2J\x1b]0;owned\x07 \xc2\x9b31m \xef\xbf\xbf\xef\xbf\xbe \xe2\x80\xaeevil"
           b" \xff\xed\xa0\x80 ]]></failure><script>alert(1)</script>")

def answer(body, name=b"web"):
    return (b"HTTP/1.1 200 OK\r\nX-Node: " + name + b"\r\nContent-Length: "
            + str(len(body)).encode() + b"\r\n\r\n" + body)

class Service(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport, self.seen = transport, b""

    def data_received(self, data):
        self.seen += data
        while b"\r\n\r\n" in self.seen:
            self.seen = self.seen.split(b"\r\n\r\n", 1)[1]
            self.serve()

    def serve(self):
        global COUNT
        COUNT += 1
        if MODE == "names": self.transport.write(answer(b"here", b"web-" + str(COUNT).encode()))
        elif MODE == "escapes": self.transport.write(answer(HOSTILE, b"\x1b[31mweb\xc2\x9b"))
        elif MODE == "log":
            sys.stderr.write("\x1b[2J" + "x" * 4000 + "\n")
            self.transport.write(answer(b"here"))
        else:
            self.transport.write(b"HTTP/1.1 200 OK\r\nX-Node: web\r\n\r\n")
            asyncio.ensure_future(self.go_on())

    async def go_on(self):
        while not self.transport.is_closing():
            self.transport.write(b"x" * 65536 if MODE == "endless" else b"x")
            await asyncio.sleep(0 if MODE == "endless" else 0.1)

async def main():
    if MODE == "log":
        for _ in range(150): sys.stderr.write(("y" * 999 + "\n") * 1000)
    print("the password has", len(os.environ["PASSWORD"]), "characters", flush=True)
    server = await asyncio.get_running_loop().create_server(Service, "0.0.0.0", 8080, backlog=256)
    await server.serve_forever()

asyncio.run(main())
