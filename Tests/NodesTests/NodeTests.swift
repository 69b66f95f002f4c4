import Basics
import Glibc
import Linux
import Testing

@testable import Nodes

@Suite(needsRoot) struct NodeTests {
  @Test func hasItsOwnNetworkNameAndFolders() throws {
    let test = try TestSpace()
    let node = try test.node("db-a") { $0.hosts = ["10.9.8.7 db-b"] }
    let script = """
      hostname; ls -A /run /tmp /var/tmp /dev/shm; getent hosts db-b | tr -s ' '; ls /sys/class/net
      echo x > /tmp/mine
      """
    let done = try node.shell(script)
    #expect(done.isSuccess)
    #expect(done.text.hasPrefix("db-a\n"))
    #expect(done.text.contains("/run:\nlock\n"))
    #expect(done.text.contains("10.9.8.7 db-b"))
    #expect(done.text.hasSuffix("lo\n"))
    #expect(!Files.exists("/tmp/mine"))
    #expect(try Files.read(node.outside("/tmp/mine")) == "x\n")
  }

  @Test func itsNameServersAreItsOwn() throws {
    let test = try TestSpace()
    let node = try test.node("one") { $0.resolvers = ["10.0.0.53", "10.0.1.53"] }
    let other = try test.node("other")
    let options = "options timeout:1 attempts:1\n"
    #expect(
      try node.shell("cat /etc/resolv.conf").text
        == "nameserver 10.0.0.53\nnameserver 10.0.1.53\n" + options)
    #expect(try other.shell("cat /etc/resolv.conf").text == options)
  }

  @Test func itsMountsAreSeenNowhereElse() throws {
    let before = try Files.read("/proc/self/mountinfo")
    let test = try TestSpace()
    let node = try test.node()
    let own = try node.shell("cut -d ' ' -f 5 /proc/self/mountinfo").text.split(separator: "\n")
    let expected: Set<Substring> = [
      "/", "/usr", "/etc", "/var", "/dev/null", "/dev/pts", "/sys", "/proc",
    ]
    #expect(expected.isSubset(of: own))
    #expect(
      own.allSatisfy { place in
        ["/dev/", "/proc/"].contains { place.hasPrefix($0) } || expected.contains(place)
      })
    #expect(try Files.read("/proc/self/mountinfo") == before)
  }

  @Test func whatItWritesIsItsOwn() throws {
    let test = try TestSpace()
    let data = test.folder + "/data"
    try Files.makeFolder(data)
    try Files.write("seen", to: data + "/file")
    let node = try test.node { $0.shares = [data] }
    let writes = """
      for f in / /run /tmp /var/tmp /dev/shm /etc /var/lib /root /home /opt; do
        touch $f/x || exit 1
      done
      echo hello > /dev/null || exit 2
      ! touch /usr/x && ! touch /bin/x && ! touch \(data)/x && ! touch /sys/x && cat \(data)/file
      """
    let done = try node.shell(writes)
    #expect(done.exit.cause == .code(0) && done.text == "seen", "\(done.errorText)")
    let places = ["/etc", "/root", "/opt", "/home", "/var/lib", "", "/run"]
    #expect(!places.contains { Files.exists("\($0)/x") })
    let other = try test.node("other")
    #expect(try other.shell("ls -d /x /etc/x /var/lib/x /root/x").text == "")
  }

  @Test func settingsAreTheMachinesButForWhatIsItsOwnOrSecret() throws {
    let test = try TestSpace()
    let node = try test.node("db-a")
    let script = """
      cat /etc/hostname; wc -c < /etc/machine-id; grep -c ^root: /etc/passwd
      ls -d /etc/shadow /etc/gshadow /var/lib /var/log; stat -c %a /var/tmp
      """
    let done = try node.shell(script)
    #expect(done.text == "db-a\n33\n1\n/var/lib\n/var/log\n1777\n", "\(done)")
  }

  @Test func itSeesNothingOfTheRunnersCgroups() throws {
    let test = try TestSpace()
    let seen = try test.node().shell("grep ^0:: /proc/self/cgroup").text
    #expect(seen == "0::/\n" || seen == "")
  }

  @Test func whatAMachineForgetsIsGoneAndTheRestIsNot() throws {
    let test = try TestSpace()
    let node = try test.node { $0.shares = [Probe.path] }
    let made =
      "for f in /run /run/lock /tmp /dev/shm /var/tmp /etc /var/lib /root; do touch $f/x; done"
    #expect(try node.shell(made).isSuccess)
    let links = "mkdir /run/disk && touch /run/disk/x && ln -s / /tmp/away && ln -s /root /run/home"
    #expect(try node.shell(links).isSuccess)
    try node.clearVolatileFolders(keeping: ["/run/disk"])
    let left = try node.shell(
      "ls -d /run/* /run/lock/x /tmp/* /run/disk/x /dev/shm/x /*/x /var/*/x")
    #expect(
      left.text.split(separator: "\n") == [
        "/etc/x", "/root/x", "/run/disk", "/run/disk/x", "/run/lock", "/var/lib/x", "/var/tmp/x",
      ])
    #expect(try node.shell("test -x \(Probe.path)").isSuccess)
  }

  @Test func interfacesGetTheirAddressesAndRoutes() throws {
    let test = try TestSpace()
    var spec = NodeSpec("router")
    spec.interfaces = [
      .init(
        "eth0", addresses: [IPPrefix(text: "10.1.0.2/24")!],
        hardwareAddress: MAC(text: "02:00:00:00:00:09"),
        mtu: 1400)
    ]
    spec.routes = [.init(to: .everything(.v4), via: IPAddress(text: "10.1.0.1"))]
    spec.forwards = true
    let node = try Node(spec, in: test.space) { try makeDummy("eth0") }
    let link = try #require(try node.links().first { $0.name == "eth0" })
    #expect(link.isUp && link.mtu == 1400 && link.hardwareAddress == [2, 0, 0, 0, 0, 9])
    #expect(try node.addresses().contains { $0.description == "10.1.0.2/24 on eth0" })
    let seen = try node.shell("ip route; cat /proc/sys/net/ipv4/ip_forward").text
    #expect(seen.contains("default via 10.1.0.1 dev eth0"))
    #expect(seen.hasSuffix("1\n"))
  }

  @Test func powerLossForgetsWhatWasNotConfigured() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    let changes = """
      ip route add 10.5.0.0/16 via 10.1.0.7; ip route add 10.6.0.0/16 dev eth0
      ip addr add 10.1.0.100/32 dev eth0; ip addr del 10.1.0.2/24 dev eth0; ip route | grep -c eth0
      """
    #expect(try node.shell(changes).isSuccess)
    let removed = try node.restoreAddresses()
    #expect(removed.map(\.description) == ["10.1.0.100/32 on eth0"])
    #expect(
      try node.addresses().map(\.description).filter { $0 != "::1/128 on lo" } == [
        "10.1.0.2/24 on eth0", "127.0.0.1/8 on lo",
      ])
    #expect(try node.shell("ip route").text.contains("default via 10.1.0.1"))
    #expect(try !node.shell("ip route").text.contains("10.6.0.0/16"), "it was not configured")
  }

  /// A machine that starts has no rules but those that it loads; what masquerades does so again.
  @Test(.enabled(if: Files.exists("/usr/sbin/nft"), "needs nftables"))
  func rulesOfThePacketFilterGoWithThePower() throws {
    let test = try TestSpace()
    let node = try test.node { $0.masquerades = ["lo"] }
    let made = try node.shell(
      "/usr/sbin/nft add table ip own && /usr/sbin/nft add table inet other && /usr/sbin/nft list tables"
    )
    #expect(made.text == "table inet faultline\ntable ip own\ntable inet other\n", "\(made)")
    _ = try node.restoreAddresses()
    #expect(
      try node.shell("/usr/sbin/nft list tables").text == "table inet faultline\n")
    #expect(try node.shell("/usr/sbin/nft list table inet faultline").text.contains("masquerade"))
    let plain = try test.node("plain")
    #expect(try plain.shell("/usr/sbin/nft add table ip own").isSuccess)
    _ = try plain.restoreAddresses()
    #expect(try plain.shell("/usr/sbin/nft list tables").text == "")
  }

  @Test func aNodeHasTheDevicesThatItIsGivenAndNoOthers() throws {
    let test = try TestSpace()
    let given = try test.node("given") { $0.devices = ["net/tun"] }
    let other = try test.node("other")
    #expect(try given.shell("test -c /dev/net/tun && : <> /dev/net/tun").isSuccess)
    #expect(try !other.shell("test -e /dev/net").isSuccess)
  }

  @Test func routesThatWereNotConfiguredGoWithThePower() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    let changes = "ip route add 10.5.0.0/16 via 10.1.0.7 && ip route del default && ip route"
    #expect(try node.shell(changes).text.contains("10.5.0.0/16"))
    _ = try node.restoreAddresses()
    let routes = try node.shell("ip route").text
    #expect(routes.contains("default via 10.1.0.1") && !routes.contains("10.5.0.0/16"), "\(routes)")
  }

  @Test func linkDownAndUpKeepsTheRoutes() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    try node.setLink("eth0", up: false)
    #expect(try node.shell("ip route").text == "")
    try node.setLink("eth0", up: true)
    #expect(try node.shell("ip route").text.contains("default via 10.1.0.1"))
  }

  @Test(hasIPv6, arguments: [false, true])
  func anInterfaceSpeaksIPv6WhereItHasAnAddressOfIt(isForwarding: Bool) throws {
    let test = try TestSpace()
    var spec = NodeSpec("six", forwards: isForwarding)
    spec.interfaces = [
      .init(
        "eth0", addresses: [IPPrefix(text: "fd00:1::2/64")!],
        hardwareAddress: MAC(text: "02:fa:00:00:05:00"))
    ]
    spec.routes = [.init(to: .everything(.v6), via: IPAddress(text: "fd00:1::1"))]
    let node = try Node(spec, in: test.space) { try makeDummy("eth0") }
    #expect(
      try node.addresses().map(\.description) == [
        "fd00:1::2/64 on eth0", "fe80::fa:ff:fe00:500/64 on eth0", "127.0.0.1/8 on lo",
        "::1/128 on lo",
      ])
    let seen = try node.shell(
      "ip -6 addr show dev eth0 tentative; ip -6 route show default; cat /proc/sys/net/ipv6/conf/all/forwarding"
    )
    #expect(
      seen.text.hasPrefix("default via fd00:1::1 dev eth0"), "nothing is tentative: \(seen.text)")
    #expect(seen.text.hasSuffix(isForwarding ? "1\n" : "0\n"))
    let removed = try node.shell(
      "ip addr add fd00:1::100/128 dev eth0; ip addr del fd00:1::2/64 dev eth0; "
        + "ip route add fd00:5::/64 via fe80::1 dev eth0")
    #expect(removed.isSuccess, "\(removed.text)")
    #expect(try node.restoreAddresses().map(\.description) == ["fd00:1::100/128 on eth0"])
    #expect(
      try node.addresses().prefix(2).map(\.description).last == "fe80::fa:ff:fe00:500/64 on eth0")
    let routes = try node.shell("ip -6 route").text
    #expect(routes.contains("default via fd00:1::1") && !routes.contains("fd00:5::"), "\(routes)")
    try node.setLink("eth0", up: false)
    try node.setLink("eth0", up: true)
    #expect(try node.addresses().contains { $0.description == "fd00:1::2/64 on eth0" })
    #expect(try node.shell("ip -6 route").text.contains("default via fd00:1::1"))
  }

  @Test(hasIPv6) func addressesOfIPv6ThatComeAndGoAreSeen() throws {
    let test = try TestSpace()
    var spec = NodeSpec("n")
    spec.interfaces = [.init("eth0", addresses: [IPPrefix(text: "fd00:1::2/64")!])]
    let node = try Node(spec, in: test.space) { try makeDummy("eth0") }
    let events = Events<AddressWatch.Event>()
    let floating = IPAddress(text: "fd00:1::100")
    let watch = try AddressWatch([node]) { event in
      if event.address.prefix.address == floating { events.add(event) }
    }
    for round in 0..<3 {
      // The kernel says that it is there when it may be used, a moment after it was asked for.
      for (number, verb) in ["add", "del"].enumerated() {
        #expect(try node.shell("ip addr \(verb) fd00:1::100/128 dev eth0").isSuccess)
        #expect(eventually { events.all.count == 2 * round + number + 1 })
      }
    }
    watch.stop()
    #expect(events.all.map(\.isHeld) == [true, false, true, false, true, false])
  }

  @Test(hasIPv6) func anInterfaceWithoutAnAddressOfIPv6DoesNotSpeakIt() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    #expect(try node.shell("ip -6 addr show dev eth0").text == "")
    #expect(try node.shell("ip -6 addr show dev lo").text.contains("::1/128"))
  }

  @Test func addressesThatComeAndGoAreSeen() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    let events = Events<AddressWatch.Event>()
    let watch = try AddressWatch([node]) {
      if $0.address.description != "::1/128 on lo" { events.add($0) }
    }
    #expect(events.all.map(\.address.description) == ["10.1.0.2/24 on eth0", "127.0.0.1/8 on lo"])
    let start = MonotonicClock.nanoseconds
    let flap =
      "for i in 1 2 3; do ip addr add 10.1.0.100/32 dev eth0; ip addr del 10.1.0.100/32 dev eth0; done"
    _ = try node.shell(flap)
    #expect(eventually { events.all.count == 8 })
    watch.stop()
    let flaps = events.all.dropFirst(2)
    #expect(flaps.map(\.isHeld) == [true, false, true, false, true, false])
    #expect(flaps.allSatisfy { $0.node == "n" && $0.at > start })
  }

  @Test func threadsLiveInTheNode() throws {
    let test = try TestSpace()
    let node = try addressed(test)
    let seen = Latch<[InterfaceAddress]>()
    let thread = try node.thread(named: "client") {
      seen.set((try? Netlink().addresses()) ?? [])
    }
    thread.join()
    let held = try node.addresses()
    #expect(seen.current == held)
    let outside = try Netlink().addresses()
    #expect(outside != held)
  }

  @Test func whatANameMeansIsUpToTheNodeForItsThreadsToo() throws {
    let test = try TestSpace()
    let (one, other) = (
      try test.node("one") { $0.hosts = ["10.9.8.7 only-here"] },
      try test.node("other") { $0.hosts = ["10.9.8.6 only-here"] }
    )
    for _ in 0..<2 {
      #expect(try one.sync { addresses(of: "only-here") } == ["10.9.8.7"])
      #expect(try other.sync { addresses(of: "only-here") } == ["10.9.8.6"])
    }
    let seen = Latch<[String]>()
    try one.thread(named: "client") { seen.set(addresses(of: "only-here")) }.join()
    #expect(seen.current == ["10.9.8.7"])
    #expect(addresses(of: "only-here").isEmpty)
  }

  @Test func aThreadInTheNodeLeavesTheOthersWhereTheyAre() throws {
    let test = try TestSpace()
    let node = try test.node()
    let path = test.folder + "/file"
    try Files.write("mine", to: path)
    let (isIn, isSeen) = (Latch<Bool>(), Latch<Bool>())
    let thread = try node.thread(named: "client") {
      isIn.set(Files.exists(path))
      _ = isSeen.wait()
    }
    #expect(isIn.wait() == false, "the runner's /tmp is seen from the node")
    #expect(try Files.read(path) == "mine")
    #expect(try Files.link("/proc/self/ns/mnt") == Files.link("/proc/thread-self/ns/mnt"))
    isSeen.set(true)
    thread.join()
  }

  private func addressed(_ test: TestSpace) throws -> Node {
    var spec = NodeSpec("n")
    spec.interfaces = [.init("eth0", addresses: [IPPrefix(text: "10.1.0.2/24")!])]
    spec.routes = [.init(to: .everything(.v4), via: IPAddress(text: "10.1.0.1"))]
    return try Node(spec, in: test.space) { try makeDummy("eth0") }
  }
}

/// Skips visibly where the kernel has no IPv6.
let hasIPv6 = ConditionTrait.enabled(
  if: Files.exists("/proc/sys/net/ipv6"), "needs a kernel with IPv6")

/// An interface without a TAP: this module does not make those.
func makeDummy(_ name: String) throws {
  let made = try reaper.start { () throws(NodesError) in
    // On a thread of the node already, so the child is in its network too.
    try Command("ip", ["link", "add", name, "type", "veth", "peer", "name", "\(name)-peer"]).spawn(
      in: SpawnPlace())
  }
  try #require(made.ended.wait().cause == .code(0))
  try Netlink().setLink("\(name)-peer", up: true)
}

/// What the calling thread takes a name for, by its own hosts(5).
private func addresses(of name: String) -> [String] {
  var hints = addrinfo()
  hints.ai_family = AF_INET
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
  var list: UnsafeMutablePointer<addrinfo>?
  guard getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
  defer { freeaddrinfo(list) }
  var found: [String] = []
  var next = list
  while let entry = next?.pointee {
    var text = [CChar](repeating: 0, count: 64)
    getnameinfo(entry.ai_addr, entry.ai_addrlen, &text, 64, nil, 0, NI_NUMERICHOST)
    found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    next = entry.ai_next
  }
  return found
}

/// Collects events from another thread.
final class Events<Event: Sendable>: @unchecked Sendable {
  private var mutex = pthread_mutex_t()
  private var list: [Event] = []

  func add(_ event: Event) {
    pthread_mutex_lock(&mutex)
    list.append(event)
    pthread_mutex_unlock(&mutex)
  }

  var all: [Event] {
    pthread_mutex_lock(&mutex)
    defer { pthread_mutex_unlock(&mutex) }
    return list
  }
}
