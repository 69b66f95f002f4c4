import socket, subprocess, time

PROCESS, PEER, ADDRESS, HELD = "${process}", "${peer}", "${addresses.vip.ip}", False

def announce():
    """By gratuitous ARP, or clients would keep the old hardware address."""
    with open("/sys/class/net/eth0/address") as file:
        hardware = bytes.fromhex(file.read().strip().replace(":", ""))
    address = socket.inet_aton(ADDRESS)
    frame = b"\xff" * 6 + hardware + b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01"
    frame += hardware + address + b"\x00" * 6 + address
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind(("eth0", 0))
        raw.send(frame)

def hold(is_wanted):
    global HELD
    if is_wanted != HELD:
        verb = "add" if is_wanted else "del"
        subprocess.run(["/sbin/ip", "addr", verb, ADDRESS + "/32", "dev", "eth0"], check=True)
    # Again and again: who held it for a moment meanwhile may have been believed.
    if is_wanted: announce()
    HELD = is_wanted

def process_lives():
    return not PROCESS or subprocess.run(["/bin/pidof", PROCESS], stdout=subprocess.DEVNULL).returncode == 0

def peer_is_silent():
    if not PEER: return True
    try:
        with socket.create_connection((PEER, 8080), timeout=0.8): return False
    except OSError: return True

while True:
    hold(process_lives() and peer_is_silent())
    open("${dir}/started", "w").close()
    time.sleep(0.1)
