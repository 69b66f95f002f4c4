import Basics

extension JSON {
  /// This document with a merge patch applied to it (RFC 7396): what is null in the patch goes, objects are merged,
  /// all else is replaced.
  func patched(with patch: JSON) -> JSON {
    guard case .object(let changes) = patch else { return patch }
    var members: [Member] = if case .object(let own) = self { own } else { [] }
    for change in changes {
      let place = members.firstIndex { $0.name == change.name }
      if change.value == .null {
        if let place { members.remove(at: place) }
        continue
      }
      let before = place.map { members[$0].value } ?? .null
      let member = Member(change.name, before.patched(with: change.value))
      if let place { members[place] = member } else { members.append(member) }
    }
    return .object(members)
  }
}
