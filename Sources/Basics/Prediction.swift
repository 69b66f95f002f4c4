/// How long something takes after a fault, as it follows from how a server is configured: computed
/// before a run, to be held against what is measured in it.
public struct Prediction: Hashable, Sendable {
  /// What is waited for.
  public enum Subject: Hashable, Sendable {
    /// Another instance of a component leads, where the one on this node led.
    case role(of: String)
    /// Another node has a floating address that this node held.
    case address
    /// A probe of the instance reads something else than before the fault.
    case probe(String)
  }

  /// Whose configuration it follows from.
  public var instance: InstanceID
  /// What is waited for.
  public var subject: Subject
  /// It is about faults that struck one of these nodes as a whole; sorted.
  public var struckNodes: [NodeID]
  /// It is about faults that struck one of these instances; sorted.
  public var struckInstances: [InstanceID]
  /// No sooner than this after the fault.
  public var least: Duration
  /// No later than this after the fault; nil where nothing is promised.
  public var most: Duration?
  /// Where the formula comes from: a manual's section, a paper.
  public var source: String

  /// `most`, where there is one, is not below `least`.
  public init(
    of instance: InstanceID, _ subject: Subject, struckNodes: [NodeID],
    struckInstances: [InstanceID], least: Duration, most: Duration?, source: String
  ) {
    self.instance = instance
    self.subject = subject
    self.struckNodes = struckNodes
    self.struckInstances = struckInstances
    self.least = least
    self.most = most
    self.source = source
  }
}

extension Prediction {
  /// The instance whose leadership is waited for elsewhere; nil where no role is.
  public var leader: InstanceID? {
    guard case .role(let component) = subject else { return nil }
    return InstanceID(node: instance.node, component: component)
  }

  /// What is waited for, in words: `another leader than db-a/etcd`.
  public var words: String {
    switch subject {
    case .role(let component): "another leader than \(instance.node)/\(component)"
    case .address: "an address of \(instance.node) elsewhere"
    case .probe(let name): "\(name) of \(instance) changes"
    }
  }

  /// The range, in words: `241ms to 361ms`, `at least 5s`.
  public var rangeText: String {
    guard let most else { return "at least \(least.text)" }
    return least == most ? least.text : "\(least.text) to \(most.text)"
  }

  /// Whom a fault must have struck, in words: `db-a, db-a/etcd`; of many the first.
  public var struckText: String {
    let places = struckNodes.map(\.text) + struckInstances.map(\.description)
    let shown = places.prefix(4).joined(separator: ", ")
    return places.count > 4 ? "\(shown) and \(places.count - 4) more" : shown
  }
}
