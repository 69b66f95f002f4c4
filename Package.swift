// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// A library target; dependencies may only name targets declared above it.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [])
  -> Target
{
  .target(
    name: name, dependencies: dependencies, resources: resources,
    swiftSettings: strict + [.strictMemorySafety()],
    linkerSettings: [.linkedLibrary("m")])
}

func system(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func tool(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ extra: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: extra + [.byName(name: name)], swiftSettings: strict)
}

let package = Package(
  name: "faultline",
  targets: [
    // C: what Swift cannot import or must not do after fork, and Debian's libraries.
    .target(name: "CLinux"),
    system("CYAML", "yaml-0.1", "libyaml-dev"),
    system("CSQLite", "sqlite3", "libsqlite3-dev"),
    system("CCurl", "libcurl", "libcurl4-openssl-dev"),
    system("CPcap", "libpcap", "libpcap-dev"),
    system("CMicroHTTPD", "libmicrohttpd", "libmicrohttpd-dev"),
    system("CPQ", "libpq", "libpq-dev"),
    system("CAres", "libcares", "libc-ares-dev"),
    system("CZlib", "zlib", "zlib1g-dev"),
    system("CZstd", "libzstd", "libzstd-dev"),
    // Its pkg-config file sets a macro, which a package may not; the header needs none.
    .systemLibrary(name: "CRedis", providers: [.apt(["libhiredis-dev"])]),
    // The kernel's own protocol, which needs no library.
    .target(name: "CFUSE"),

    // Ground: vocabulary and bindings.
    module("Basics"),
    module("Statistics", ["Basics"]),
    module("YAML", ["Basics", "CYAML"]),
    module("SQLite", ["CSQLite"]),
    module("Linux", ["Basics", "CLinux"]),

    // Pure core: no I/O, no clock, no global chance.
    module("Packets", ["Basics"]),
    module("Links", ["Basics"]),
    module("Durability"),
    module("Shrinking", ["Basics", "Statistics", "YAML"]),
    module("Histories", ["Basics"]),
    module("Checking", ["Basics", "Statistics", "Histories"]),
    module("Linearizability", ["Basics", "Histories", "Checking"]),
    module("Transactions", ["Basics", "Histories", "Checking"]),
    module(
      "Checkers",
      ["Basics", "Statistics", "Histories", "Checking", "Linearizability", "Transactions"]),
    module("Stacks", ["Basics", "YAML"]),
    module("Faults", ["Basics", "Links", "Durability", "Histories", "Stacks"]),
    module("Workloads", ["Basics", "Histories"]),
    module("Bindings", ["Basics", "Histories", "Workloads"]),
    module(
      "Experiments",
      [
        "Basics", "YAML", "Links", "Histories", "Checking", "Checkers", "Stacks", "Faults",
        "Workloads", "Bindings",
      ]),
    module("Authoring", ["Basics", "YAML", "Stacks", "Experiments"]),
    module(
      "Reports", ["Basics", "Statistics", "Histories", "Checking"],
      resources: [
        .embedInCode("Resources/report.css"), .embedInCode("Resources/report.js"),
        .embedInCode("Resources/live.css"), .embedInCode("Resources/live.js"),
        .embedInCode("Resources/live-charts.js"), .embedInCode("Resources/live-acts.js"),
        .embedInCode("Resources/picture.css"), .embedInCode("Resources/picture.js"),
        .embedInCode("Resources/topology.js"), .embedInCode("Resources/matrix.css"),
      ]),
    module("Campaigns", ["Basics", "Statistics", "Checking", "Reports"]),
    module(
      "Exploring",
      [
        "Basics", "YAML", "Histories", "Checking", "Stacks", "Faults", "Workloads", "Bindings",
        "Experiments", "Reports",
      ]),
    module(
      "Verdicts",
      [
        "Basics", "YAML", "Histories", "Checking", "Checkers", "Stacks", "Faults", "Experiments",
        "Reports",
      ]),

    // Shell: everything that touches the machine.
    module("Archive", ["CZlib", "CZstd", "Basics", "SQLite", "Linux", "Histories"]),
    module(
      "Clients",
      [
        "CCurl", "CAres", "CPQ", "CRedis", "CLinux", "Basics", "Linux", "Histories", "Workloads",
        "Bindings",
      ]),
    module("Fabric", ["Basics", "Linux", "CLinux", "Packets", "Links"]),
    module("Clocks", ["Basics", "Linux", "CLinux"]),
    module("Nodes", ["Basics", "Linux", "CLinux"]),
    module("Pages", ["Basics", "Linux", "CMicroHTTPD"]),
    module("Disk", ["Basics", "Linux", "CLinux", "CFUSE", "Durability"]),
    module(
      "Harness",
      [
        "CLinux", "Durability", "Disk",
        "Basics", "YAML", "Linux", "Links", "Histories", "Checking", "Checkers", "Stacks",
        "Faults", "Workloads", "Bindings", "Experiments", "Reports", "Verdicts", "Archive",
        "Clients", "Clocks",
        "Fabric", "Nodes", "Packets", "Pages",
      ]),

    tool(
      "faultline",
      [
        "Basics", "YAML", "Linux", "Packets", "Histories", "Checking", "Checkers", "Stacks",
        "Faults", "Workloads", "Bindings", "Experiments", "Authoring", "Reports", "Verdicts",
        "Archive", "Nodes", "Clients", "Disk", "Shrinking", "Exploring", "Campaigns", "Pages",
        "Harness",
      ]),
    tool(
      "bench",
      [
        "Basics", "Linux", "CLinux", "Packets", "Links", "Histories", "Checking",
        "Linearizability", "Transactions", "Archive", "Disk", "Fabric", "Nodes", "Workloads",
        "Bindings", "Clients", "Clocks",
      ]),

    // Measures how true verdicts are.
    tool("truth", ["Basics", "Statistics", "YAML", "Linux"]),

    // Services and drivers of our own: what they share, and a program for each.
    .target(
      name: "ServiceGround", dependencies: ["Basics", "CMicroHTTPD"],
      path: "Sources/services/ground", swiftSettings: strict),
    tool(
      "orders-api", ["CMicroHTTPD", "CPQ", "Basics", "ServiceGround"],
      path: "Sources/services/orders-api"),
    tool(
      "twosite-store", ["Basics", "CMicroHTTPD", "ServiceGround"],
      path: "Sources/services/twosite-store"),
    tool("twosite-driver", ["Basics", "ServiceGround"], path: "Sources/services/twosite-driver"),
    tool(
      "configuration-service", ["Basics", "CZlib", "ServiceGround"],
      path: "Sources/services/configuration-service"),

    // What tests of several modules share.
    .target(name: "TestGround", path: "Tests/TestGround", swiftSettings: strict),
    // Plays scenes inside an isolation for the tests of Nodes.
    tool("nodes-probe", ["Basics", "Linux", "Nodes"], path: "Tests/nodes-probe"),

    // Tells the time by every function there is, for the tests of Clocks.
    .executableTarget(name: "clock-teller", path: "Tests/clock-teller"),

    // A driver as fast as one can be, for the benchmark.
    tool("echo-driver", [], path: "Tests/echo-driver"),

    tests("Basics"),
    tests("Statistics", ["Basics", "TestGround"]),
    tests("YAML", ["Basics"]),
    tests("Linux", ["Basics", "CLinux", "TestGround"]),
    tests("Packets", ["Basics", "TestGround"]),
    tests("Links", ["Basics"]),
    tests("Durability", ["Basics", "TestGround"]),
    tests("Shrinking", ["Basics", "Statistics", "YAML", "TestGround"]),
    tests("Histories", ["Basics", "TestGround"]),
    tests("Linearizability", ["Basics", "Histories", "Checking", "TestGround"]),
    tests("Transactions", ["Basics", "Histories", "Checking", "TestGround"]),
    tests("Checkers", ["Basics", "Histories", "Checking", "TestGround"]),
    tests("Stacks", ["Basics", "YAML", "TestGround"]),
    tests("Faults", ["Basics", "YAML", "Links", "Durability", "Histories", "Stacks"]),
    tests("Workloads", ["Basics", "Histories", "Checking", "Checkers", "TestGround"]),
    tests("Bindings", ["Basics", "Histories", "Workloads", "TestGround"]),
    tests(
      "Experiments",
      [
        "Basics", "YAML", "Links", "Histories", "Checking", "Stacks", "Faults", "Workloads",
        "Bindings", "Harness", "TestGround",
      ]),
    tests(
      "Exploring",
      [
        "Basics", "YAML", "Histories", "Checking", "Stacks", "Faults", "Workloads", "Experiments",
        "Reports", "Harness", "TestGround",
      ]),
    tests("Reports", ["Basics", "Statistics", "Histories", "Checking", "TestGround"]),
    tests("Campaigns", ["Basics", "YAML", "Checking", "Reports", "TestGround"]),
    tests("Archive", ["Basics", "Histories", "SQLite", "TestGround"]),
    tests("Clients", ["Basics", "Linux", "Histories", "Workloads", "Bindings", "TestGround"]),
    tests("Fabric", ["Basics", "CPcap", "CLinux", "Linux", "Links", "Packets", "Nodes"]),
    tests("Clocks", ["Basics", "Linux", "clock-teller", "TestGround"]),
    tests("Nodes", ["Basics", "Linux", "nodes-probe", "TestGround"]),
    tests("Pages", ["Basics", "Linux", "TestGround"]),
    tests("Disk", ["Basics", "Linux", "Durability", "TestGround"]),
    tests(
      "Harness",
      [
        "Basics", "Linux", "Histories", "Checking", "Stacks", "Faults", "Experiments", "Reports",
        "TestGround",
      ]),
    tests("Authoring", ["Basics", "YAML", "Stacks", "Faults", "Experiments"]),
    tests(
      "Verdicts",
      ["Basics", "YAML", "Histories", "Checking", "Stacks", "Experiments", "Reports"]),
    // Readers and checkers together, on foreign histories and on our own.
    .testTarget(
      name: "ProofTests",
      dependencies: [
        "Basics", "Histories", "Checking", "Linearizability", "Checkers", "Archive", "TestGround",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "OrdersAPITests", dependencies: ["orders-api", "Basics", "ServiceGround"],
      swiftSettings: strict),
    .testTarget(
      name: "ConfigurationServiceTests",
      dependencies: ["configuration-service", "Basics", "ServiceGround", "TestGround"],
      swiftSettings: strict),
    .testTarget(
      name: "TwositeStoreTests",
      dependencies: [
        "twosite-store", "twosite-driver", "Basics", "ServiceGround", "TestGround",
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "Basics", "TestGround", "faultline", "orders-api", "twosite-store", "twosite-driver",
        "configuration-service", "truth",
      ],
      exclude: ["Fixtures", "Golden"], swiftSettings: strict),
    .testTarget(name: "TruthTests", dependencies: ["truth", "Basics"], swiftSettings: strict),
    .testTarget(name: "TidyTests", swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6]
)
