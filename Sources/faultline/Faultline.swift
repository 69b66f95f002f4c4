@main struct Faultline {
  static func main() {}
}
