import Basics

/// Requests over time while they happen, by when they ended: bins of equal length that become twice as long
/// whenever there would be too many, so that a stack may be up for weeks.
struct LiveBins {
  /// There are never more.
  static let limit = 400
  /// Of a bin at first.
  static let shortest = Duration.milliseconds(500)
  /// Where the buckets of latencies end, in milliseconds; what took longer is in one more.
  static let edges: [Double] = [
    1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000,
  ]

  struct Bin: Equatable {
    var good = 0
    var bad = 0
    /// In milliseconds; nil where nothing good ended. Of a bin made from two, between their medians.
    var median: Double?
    var longest = 0.0
    /// How many good operations were in each bucket of latency.
    var buckets = [Int](repeating: 0, count: LiveBins.edges.count + 1)
  }

  /// When the first bin begins.
  let from: Instant
  private(set) var bin = Self.shortest
  /// How many bins there are, the one that is under way among them.
  private(set) var count = 0
  /// In the order in which they were first seen.
  private(set) var workloads: [(name: String, bins: [Bin])] = []

  init(from: Instant) { self.from = from }

  /// Lets time pass; whether bins became longer on that.
  mutating func reach(_ time: Instant) -> Bool {
    var isCoarser = false
    while index(of: time) >= Self.limit {
      coarsen()
      isCoarser = true
    }
    count = max(count, index(of: time) + 1)
    for place in workloads.indices { fill(place) }
    return isCoarser
  }

  /// What ended since the last time, in the bin of that moment.
  mutating func add(
    _ tally: TrafficSample.Tally, _ latencies: [Duration], of workload: String, at time: Instant
  ) {
    let place =
      workloads.firstIndex { $0.name == workload }
      ?? {
        workloads.append((workload, []))
        return workloads.count - 1
      }()
    fill(place)
    guard tally.good > 0 || tally.bad > 0 else { return }
    var added = Bin(good: tally.good, bad: tally.bad)
    let sorted = latencies.map(\.milliseconds).sorted()
    added.median = sorted.isEmpty ? nil : sorted[sorted.count / 2]
    added.longest = sorted.last ?? 0
    for latency in sorted { added.buckets[Self.bucket(of: latency)] += 1 }
    let number = min(index(of: time), count - 1)
    workloads[place].bins[number] = workloads[place].bins[number].joined(with: added)
  }

  static func bucket(of milliseconds: Double) -> Int {
    edges.firstIndex { milliseconds < $0 } ?? edges.count
  }

  func index(of time: Instant) -> Int {
    max(0, Int(from.duration(to: time).nanoseconds / bin.nanoseconds))
  }

  private mutating func fill(_ place: Int) {
    let missing = count - workloads[place].bins.count
    if missing > 0 { workloads[place].bins += [Bin](repeating: Bin(), count: missing) }
  }

  private mutating func coarsen() {
    bin = .nanoseconds(bin.nanoseconds * 2)
    count = (count + 1) / 2
    for place in workloads.indices {
      let old = workloads[place].bins
      workloads[place].bins = stride(from: 0, to: old.count, by: 2).map { number in
        number + 1 < old.count ? old[number].joined(with: old[number + 1]) : old[number]
      }
    }
  }
}

extension LiveBins.Bin {
  init(good: Int, bad: Int) {
    self.init()
    self.good = good
    self.bad = bad
  }

  /// Both as one.
  func joined(with other: Self) -> Self {
    var sum = self
    sum.good += other.good
    sum.bad += other.bad
    sum.longest = max(longest, other.longest)
    sum.buckets = zip(buckets, other.buckets).map { $0 + $1 }
    if let mine = median, let theirs = other.median {
      let weights = (Double(max(1, good)), Double(max(1, other.good)))
      sum.median = (mine * weights.0 + theirs * weights.1) / (weights.0 + weights.1)
    } else {
      sum.median = median ?? other.median
    }
    return sum
  }
}

extension LiveBins {
  /// The bins from one on, as the page draws them.
  func json(from first: Int) -> JSON {
    [
      "from": .milliseconds(Instant.start.duration(to: from)), "bin": .milliseconds(bin),
      "bins": .integer(count), "first": .integer(min(first, count)),
      "workloads": .array(
        workloads.map { workload in
          let bins = workload.bins.dropFirst(first)
          return [
            "name": .string(workload.name), "ok": .array(bins.map { .integer($0.good) }),
            "bad": .array(bins.map { .integer($0.bad) }),
            "p50": .array(bins.map { .rounded($0.median ?? 0) }),
            "max": .array(bins.map { .rounded($0.longest) }),
            "heat": .array(bins.map(Self.heat)),
          ]
        }),
    ]
  }

  /// A bin's buckets that are not empty: number and count, in turn.
  private static func heat(_ bin: Bin) -> JSON {
    .array(
      bin.buckets.enumerated().flatMap { number, count -> [JSON] in
        count == 0 ? [] : [.integer(number), .integer(count)]
      })
  }
}

extension JSON {
  /// To a hundredth.
  fileprivate static func rounded(_ milliseconds: Double) -> JSON {
    .number((milliseconds * 100).rounded() / 100)
  }
}
