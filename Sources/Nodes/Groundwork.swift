internal import Basics
internal import Linux

/// The part of making a node that needs none of its namespaces: folders and cgroups, which one thread
/// makes while another waits for the kernel to make the node's network.
final class Groundwork: Sendable {
  /// What the node's processes, and an operator's commands, are contained in.
  struct Rooms: Sendable {
    let containment: Containment
    let tools: ToolRooms
  }

  /// Mounts a file system: for the node's folder, at that place in it.
  typealias MakeDisk = @Sendable (_ folder: String, _ place: String) throws(Errno) -> Void

  let spec: NodeSpec
  let image: RootImage
  let makeDisk: MakeDisk?
  private let madeFolders = Latch<Result<NodeFolders, NodesError>>()
  private let madeRooms = Latch<Result<Rooms, NodesError>>()

  init(_ spec: NodeSpec, in space: RunSpace, makeDisk: MakeDisk?) throws(NodesError) {
    self.spec = spec
    self.makeDisk = makeDisk
    image = try space.image()
  }

  /// Makes all of it, on the calling thread; what fails is told to those who wait for it.
  func make(in space: RunSpace) {
    let folders = Result { () throws(NodesError) in try makeFolders(in: space) }
    madeFolders.set(folders)
    madeRooms.set(
      Result { () throws(NodesError) in
        _ = try folders.get()
        return Rooms(
          containment: try Containment.forNode(spec, in: space),
          tools: try ToolRooms(spec.name, in: space))
      })
  }

  /// Waits for the folders.
  func folders() throws(NodesError) -> NodeFolders { try madeFolders.wait().get() }
  /// Waits for the rooms.
  func rooms() throws(NodesError) -> Rooms { try madeRooms.wait().get() }

  private func makeFolders(in space: RunSpace) throws(NodesError) -> NodeFolders {
    let folders = NodeFolders(run: space.folder, node: spec.name)
    try system { () throws(Errno) in
      try folders.make(
        spec, image, bytes: space.isIsolated ? spec.mostBytes : nil, makeDisk: makeDisk)
    }
    return folders
  }
}
