public import Basics

/// A stack as a picture shows it: what stands where, and what joins it. What it does at a moment is `PictureState`.
public struct StackPicture: Hashable, Sendable {
  /// In the order of the stack.
  public var sites: [Site] = []
  /// The names of the layer-2 segments, in the order of the stack.
  public var networks: [String] = []
  /// The floating addresses.
  public var addresses: [RunRecord.Address] = []
  /// In the order of the stack.
  public var nodes: [Node] = []
  /// What ways are like that are not perfect, in the order of the stack.
  public var links: [Link] = []
  /// The encrypted ways over others, in the order of the stack.
  public var tunnels: [Tunnel] = []
  /// The roles in which an instance of a component leads, by the component's name; only of those that have roles.
  public var leading: [String: [String]] = [:]

  /// Nothing: a run whose stack is not known.
  public init() {}

  /// A failure domain.
  public struct Site: Hashable, Sendable {
    /// Unique in the stack.
    public var name: String
    /// A few words for a person.
    public var title: String

    /// The caller promises that the name is unique.
    public init(name: String, title: String) {
      self.name = name
      self.title = title
    }
  }

  /// One machine.
  public struct Node: Hashable, Sendable {
    /// Unique in the stack.
    public var name: String
    /// The name of its site.
    public var site: String
    /// What it is there for.
    public var role: String
    /// What runs on it, in the order of the stack.
    public var components: [String]
    /// The networks that it is on, by name.
    public var networks: [String]
    /// It stands by until a step puts it into service.
    public var isSpare: Bool

    /// Names are those of the stack.
    public init(
      name: String, site: String, role: String, components: [String], networks: [String],
      isSpare: Bool = false
    ) {
      self.name = name
      self.site = site
      self.role = role
      self.components = components
      self.networks = networks
      self.isSpare = isSpare
    }
  }

  /// A way between two nodes that their components make over others.
  public struct Tunnel: Hashable, Sendable {
    /// The name of the one node.
    public var from: String
    /// The name of the other.
    public var to: String
    /// What it is, in a word or two.
    public var title: String

    /// The caller promises names of the stack.
    public init(_ from: String, _ to: String, title: String) {
      self.from = from
      self.to = to
      self.title = title
    }
  }

  /// What a way is like as long as nothing is done to it, the same in both directions.
  public struct Link: Hashable, Sendable {
    /// Which names `from` and `to` are.
    public enum Ends: String, Hashable, Sendable {
      case sites
      case nodes
      /// Both are the name of one network: the way between each two of its nodes.
      case network
    }

    /// What it joins.
    public var ends: Ends
    /// The name of the one end.
    public var from: String
    /// The name of the other.
    public var to: String
    /// What it is like, in words; empty where it is perfect.
    public var text: String

    /// The caller promises names of the stack.
    public init(_ ends: Ends, _ from: String, _ to: String, text: String) {
      self.ends = ends
      self.from = from
      self.to = to
      self.text = text
    }
  }
}

extension StackPicture {
  /// Whether there is anything to draw.
  public var isEmpty: Bool { nodes.isEmpty }

  /// The name of a floating address, which observers may know by its digits.
  func addressName(_ text: String) -> String {
    addresses.first { $0.ip == text }?.name ?? text
  }

  /// As `picture.js` draws it.
  public var json: JSON {
    [
      "sites": .array(
        sites.map { ["name": .string($0.name), "title": .string($0.title)] }),
      "networks": .array(networks.map { ["name": .string($0)] }),
      "addresses": .array(
        addresses.map { ["name": .string($0.name), "ip": .string($0.ip)] }),
      "nodes": .array(
        nodes.map {
          [
            "name": .string($0.name), "site": .string($0.site), "role": .string($0.role),
            "components": .strings($0.components), "networks": .strings($0.networks),
            "spare": .bool($0.isSpare),
          ]
        }),
      "links": .array(
        links.map {
          [
            "ends": .string($0.ends.rawValue), "from": .string($0.from), "to": .string($0.to),
            "text": .string($0.text),
          ]
        }),
      "tunnels": .array(
        tunnels.map {
          ["from": .string($0.from), "to": .string($0.to), "title": .string($0.title)]
        }),
      "leading": .object(
        leading.sorted { $0.key < $1.key }.map { .init($0.key, .strings($0.value)) }),
    ]
  }
}
