internal import Bindings
internal import Workloads
internal import YAML

/// Reads the key `value-size` of a workload: `1024`, or `[64, 4096]`, in bytes.
enum FillerReader {
  static func read(_ fields: inout Fields) -> Filler? {
    guard let node = fields.take("value-size") else { return nil }
    let sizes = (node.elements ?? [node]).map { $0.text.flatMap { Int($0) } ?? -1 }
    guard (1...2).contains(sizes.count), sizes.allSatisfy((0...Filler.most).contains),
      sizes[0] <= sizes[sizes.endIndex - 1]
    else {
      fields.refuse(
        "'value-size' is a number of bytes from 0 to \(Filler.most), or the least and the most: [64, 4096]",
        at: node.mark)
      return nil
    }
    return Filler(sizes[0]...sizes[sizes.endIndex - 1])
  }

  /// Refuses bytes that no operation would carry.
  static func require(carriedBy client: BoundClient?, _ fields: inout Fields) {
    guard let client, let node = fields.node["value-size"] else { return }
    guard !client.settings.mentions("{filler") else { return }
    fields.refuse(
      "nothing that '\(client.name)' is told to send has '{filler}' in it, so no operation would carry these bytes",
      at: node.mark)
  }
}
