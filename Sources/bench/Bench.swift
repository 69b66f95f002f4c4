@main struct Bench {
  static func main() { FabricBench.run() }
}
