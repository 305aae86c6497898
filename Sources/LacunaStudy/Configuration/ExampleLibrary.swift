/// The example configurations that are embedded in the program, from `Examples/`.
public enum ExampleLibrary {
  /// The examples' names; the first is the default simulation.
  public static let names = [
    "learning-curve", "ridge-path", "correlated", "unequal-noise", "heavy-tails", "spectrum", "transition",
    "masking-ratio", "partition", "collapse",
  ]

  /// The whole text of an example, or `nil` for a name that is not one of `names`.
  public static func text(named name: String) -> String? {
    let bytes: [UInt8]
    switch name {
    case "learning-curve": bytes = PackageResources.learning_curve_yaml
    case "ridge-path": bytes = PackageResources.ridge_path_yaml
    case "correlated": bytes = PackageResources.correlated_yaml
    case "unequal-noise": bytes = PackageResources.unequal_noise_yaml
    case "heavy-tails": bytes = PackageResources.heavy_tails_yaml
    case "spectrum": bytes = PackageResources.spectrum_yaml
    case "transition": bytes = PackageResources.transition_yaml
    case "masking-ratio": bytes = PackageResources.masking_ratio_yaml
    case "partition": bytes = PackageResources.partition_yaml
    case "collapse": bytes = PackageResources.collapse_yaml
    default: return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What an example shows, in one line: its first comment. `nil` for a name that is not one of `names`.
  public static func summary(named name: String) -> String? {
    text(named: name)?.split(separator: "\n").first.map { String($0.drop { $0 == "#" || $0 == " " }) }
  }

  /// The name closest to a misspelt one, or `nil` when none is close.
  public static func nearestName(to name: String) -> String? { nearestWord(to: name, among: names) }
}
