import LacunaAlgebra

/// `shared: {keep or visible, masks}`: so many masks drawn, the same for all samples; `shared: {file}` is `explicit`.
struct SharedScheme: MaskScheme {
  var size: MaskSize
  var masks: Int

  static let word = "shared"
  static let example: String? = "{keep: 0.5, masks: 16}"
  static let shorthands = [MaskShorthand(keys: ["keep", "masks"])]

  static func read(_ field: ConfigurationField, _ context: MaskContext) throws(ConfigurationError) -> any MaskScheme {
    let section = try ConfigurationSection(field, keys: ["keep", "visible", "masks", "file"])
    guard let file = section["file"] else {
      return SharedScheme(
        size: try MaskSize(section, context),
        masks: try section.required("masks", example: "masks: 16").maskCount())
    }
    for key in ["keep", "visible", "masks"] {
      if let other = section[key] {
        throw other.failure("the masks already come from a file", "remove one of the two")
      }
    }
    return ExplicitScheme(file: try context.path(file), weights: nil)
  }

  var entries: [(key: String, value: YAMLValue)] { [size.entry, ("masks", .integer(masks))] }

  func drawing(coordinateCount d: Int, key: String) throws -> MaskConfiguration.Drawing? {
    { [self] stream in
      let pattern = size.pattern(count: masks, stream: stream)
      return GivenMasks(
        visible: (0..<masks).flatMap { pattern.visibility(sample: 0, mask: $0, coordinateCount: d) },
        weights: [Double](repeating: 1, count: masks))
    }
  }

  func visibleShare(coordinateCount d: Int) -> Double? { size.visibleShare(coordinateCount: d) }

  func storedNumbers(order d: Double, block: Double) -> Double { 6 * d * d }
}

extension MaskConfiguration {
  /// So many masks drawn, the same for all samples.
  public static func shared(_ size: MaskSize, masks: Int) -> MaskConfiguration {
    MaskConfiguration(SharedScheme(size: size, masks: masks))
  }
}
