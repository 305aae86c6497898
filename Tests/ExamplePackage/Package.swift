// swift-tools-version: 6.1
import PackageDescription

// Somebody else's package: what it imports is what the products of Lacuna give.
let package = Package(
  name: "example",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "lacuna", path: "../..")],
  targets: [
    .executableTarget(
      name: "TheoryExample", dependencies: [.product(name: "DeterministicEquivalents", package: "lacuna")]),
    .executableTarget(
      name: "EstimatorExample", dependencies: [.product(name: "LacunaEstimator", package: "lacuna")]),
    .executableTarget(name: "StudyExample", dependencies: [.product(name: "LacunaStudies", package: "lacuna")]),
  ],
  swiftLanguageModes: [.v6]
)
