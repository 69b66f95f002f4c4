public import Basics
internal import Bindings
internal import Checking
internal import Faults
internal import Stacks
internal import Workloads
internal import YAML

extension Plan {
  static let format = "faultline-plan/1"

  /// The plan as it is stored beside a run: what a person or a tool wants to look at, and under
  /// `origin` all it was made of, from which `Plan.read` makes the same plan again.
  ///
  /// No secret is in it: each has the mark in its place, also where it was made from, so that a plan made
  /// again has the mark for its value.
  public var json: JSON {
    guard case .object(let members) = outline else { return .null }
    return .object(members + [.init("origin", origin.hiding(stack).json)])
  }

  /// The same without what it was made of: what would happen, for a result that stands by itself.
  public var outline: JSON {
    let made: [JSON.Member] = [
      .init("format", .string(Plan.format)),
      // A number of 64 bits would lose some in other readers of JSON.
      .init("seed", .string(String(seed))), .init("file", .string(file)),
      .init("byHand", .bool(isByHand)),
    ]
    guard case .object(let decided) = decisions.masked(by: stack.secrets) else { return .null }
    return .object(made + decided)
  }

  /// What a person or a tool wants to look at.
  private var decisions: JSON {
    [
      "title": .string(title), "description": .string(description),
      "tags": .strings(tags), "stack": stack.json, "workloads": .array(workloads.map(\.json)),
      "steadyState": [
        "for": .string(steadyState.holds.text), "within": .string(steadyState.within.text),
      ],
      "schedule": .array(schedule.map(\.json)),
      "abortWhen": .array(abortWhen.map { .string("\($0)") }),
      "settle": [
        "for": .string(settle.holds.text), "within": .string(settle.within.text),
        "quiet": .string(settle.quiet.text),
      ],
      "capture": [
        "segment": .string(capture.segment.text), "full": .bool(capture.isFull),
        "file-size": .string(ByteCount.text(capture.fileBytes)),
        "files": .integer(capture.files),
      ],
      "repeat": .integer(repeats), "overRuns": .strings(bounds.map(\.text)),
      "invariants": .array(invariants.map(\.json)),
      "expect": .strings(expectation.mustFail),
      "warnings": .strings(warnings.map(\.description)),
    ]
  }
}

extension CaptureSpec.Segment {
  /// As the experiment writes it.
  public var text: String {
    switch self {
    case .none: "none"
    case .clients: "clients"
    case .all: "all"
    case .network(let name): name
    }
  }
}

extension WorkloadPlan {
  fileprivate var json: JSON {
    [
      "name": .string(name), "kind": .string(kind), "service": .string(service.name),
      "url": .string(service.url),
      "replicas": .array(
        service.replicas.map { ["node": .string($0.node.text), "url": .string($0.url)] }),
      "rate": .string(load.text), "clients": .integer(clients), "near": .bool(isNear),
      "nodes": .strings(nodes.map(\.text)), "timeout": .string(timeout.text),
      "valueSize": .optional(filler) {
        .array([.integer($0.sizes.lowerBound), .integer($0.sizes.upperBound)])
      },
      "settings": settings.json, "client": client.json,
    ]
  }
}

extension BoundClient {
  fileprivate var json: JSON {
    func functions(_ functions: [String: Settings]) -> JSON {
      .object(functions.keys.sorted().map { JSON.Member($0, functions[$0]?.json ?? .null) })
    }
    return [
      "name": .string(name), "settings": settings.own.json,
      "functions": functions(settings.functions), "finalReads": functions(settings.finalReads),
    ]
  }
}

extension Step {
  fileprivate var json: JSON {
    var healText = ""
    switch healing {
    case .at(let time): healText = time.text
    case .atEnd: healText = "end"
    case .never: healText = "never"
    }
    return [
      "id": .integer(id), "name": .string(name), "text": .string(text),
      "action": .bool(isAction), "at": .string(at.text), "heal": .string(healText),
      "when": .optional(trigger) { .string("\($0.condition)") },
      "within": .optional(trigger) { .string($0.within.text) },
      "follows": .optional(follows) { .integer($0) },
    ]
  }
}

extension Invariant {
  fileprivate var json: JSON {
    [
      "name": .string(name), "checker": .string(checker),
      "workload": .optional(workload) { .string($0) },
      "fault": .optional(fault) { .integer($0) }, "settings": settings.json,
    ]
  }
}

extension Settings {
  /// Every value as a person would write it.
  var json: JSON {
    .object(values.keys.sorted().map { JSON.Member($0, .string(values[$0]?.text ?? "")) })
  }
}

extension ResolvedStack {
  fileprivate var json: JSON {
    [
      "name": .string(name), "title": .string(title), "file": .string(file),
      "parameters": .object(parameters.map { JSON.Member($0.name, .string($0.shownText)) }),
      "sites": .strings(sites.map(\.id.text)),
      "networks": .array(
        networks.map {
          ["name": .string($0.name), "subnets": .strings($0.subnets.map(\.description))]
        }),
      "links": .array(links.map(\.json)),
      "addresses": .array(addresses.map(\.json)),
      "nodes": .array(nodes.map(\.json)),
      "resolvers": .strings(resolvers.map(\.text)),
      "startOrder": .array(startOrder.map { .strings($0.map(\.description)) }),
    ]
  }
}

extension ResolvedStack.Link {
  fileprivate var json: JSON {
    [
      "between": .strings(names), "delay": .string(delay.text),
      "jitter": .string(jitter.text), "loss": .string(loss.description),
      "bitsPerSecond": .optional(rateBitsPerSecond) { .integer(Int64($0)) },
      "queue": .string(queue.text), "mtu": .optional(mtu) { .integer(Int64($0)) },
    ]
  }

  private var names: [String] {
    switch ends {
    case .sites(let a, let b): [a.text, b.text]
    case .nodes(let a, let b): ["node \(a)", "node \(b)"]
    case .network(let name): ["network \(name)"]
    }
  }
}

extension ResolvedStack.Address {
  fileprivate var json: JSON {
    [
      "name": .string(name), "ip": .string(ip.description), "network": .string(network),
      "preferred": .optional(preferred) { .string($0.text) },
    ]
  }
}

extension StackNode {
  fileprivate var json: JSON {
    [
      "name": .string(id.text), "site": .string(site.text), "role": .string(role),
      "interfaces": .array(
        interfaces.map {
          [
            "network": .string($0.network), "ips": .strings($0.ips.map(\.description)),
            "mac": .string($0.mac.description),
          ]
        }),
      "routes": .array(
        routes.map {
          ["to": .string($0.destination.description), "via": .string($0.gateway.description)]
        }),
      "forwards": .bool(forwards), "masquerades": .strings(masquerades),
      "spare": .bool(isSpare),
      "instances": .array(instances.map(\.json)),
    ]
  }
}

extension Instance {
  fileprivate var json: JSON {
    [
      "component": .string(id.component), "variant": .string(variant),
      "standInFor": .optional(standInFor) { .string($0) }, "binary": .string(binary),
      "parameters": .object(parameters.map { JSON.Member($0.name, .string($0.shownText)) }),
      "user": .string(user), "command": .strings(command),
      "files": .strings(files.map(\.path)),
      "startAfter": .strings(startAfter.map(\.description)),
    ]
  }
}

extension Origin {
  /// The same with the mark in the place of every secret that was written or set.
  func hiding(_ stack: ResolvedStack) -> Origin {
    var origin = self
    let names = Set(stack.parameters.filter(\.isSecret).map(\.name))
    for index in origin.set.indices where names.contains(origin.set[index].key) {
      origin.set[index].text = Secrets.mark
    }
    for value in stack.secretValues {
      guard let mark = value.written, let source = origin.sources[mark.file] else { continue }
      origin.sources[mark.file] = source.hiding(value.text, at: mark)
    }
    return origin
  }

  fileprivate var json: JSON {
    [
      "set": .array(set.map { ["key": .string($0.key), "text": .string($0.text)] }),
      "bin": .string(binFolder),
      "binaries": .object(
        binaries.keys.sorted().map { name in
          JSON.Member(name, .optional(binaries[name] ?? nil) { .string($0) })
        }),
      "folders": .object(
        folders.keys.sorted().map { JSON.Member($0, .strings(folders[$0] ?? [])) }),
      "sources": .object(
        sources.keys.sorted().map { JSON.Member($0, .string(sources[$0] ?? "")) }),
    ]
  }
}

extension String {
  /// The text with the mark for a secret where that stands: in that line, from that column on. Where a
  /// secret is not written as it is, the rest of its line is hidden.
  fileprivate func hiding(_ secret: String, at mark: Mark) -> String {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    guard lines.indices.contains(mark.line - 1) else { return self }
    let line = lines[mark.line - 1]
    if line.contains(secret) {
      lines[mark.line - 1] = line.replacing(secret, with: Secrets.mark)
    } else if !line.contains(Secrets.mark) {
      lines[mark.line - 1] = line.prefix(mark.column - 1) + Secrets.mark
    }
    return lines.joined(separator: "\n")
  }
}
