// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "lacuna",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "lacuna", targets: ["lacuna"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "COpenCL", pkgConfig: "OpenCL", providers: [.apt(["ocl-icd-opencl-dev", "pocl-opencl-icd"])]),
    .systemLibrary(name: "CCLBlast", pkgConfig: "clblast", providers: [.apt(["libclblast-dev"])]),
    .target(
      name: "Kernels", path: "Kernels", exclude: ["README.md"], sources: ["KernelSource.swift"],
      resources: [
        .embedInCode("autoregress.cl"),
        .embedInCode("bisection.cl"),
        .embedInCode("cholesky.cl"),
        .embedInCode("circulant.cl"),
        .embedInCode("common.cl"),
        .embedInCode("diagonal.cl"),
        .embedInCode("dots.cl"),
        .embedInCode("elementwise.cl"),
        .embedInCode("fill.cl"),
        .embedInCode("finite.cl"),
        .embedInCode("masked_gram.cl"),
        .embedInCode("mix_blocks.cl"),
        .embedInCode("reflectors.cl"),
        .embedInCode("resolvent_forms.cl"),
        .embedInCode("ritz.cl"),
        .embedInCode("skinny.cl"),
        .embedInCode("triangle.cl"),
        .embedInCode("tridiagonal.cl"),
      ]),
    .target(
      name: "LinearAlgebra",
      dependencies: [.product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(name: "HostBackend", dependencies: ["LinearAlgebra", "COpenBLAS"], exclude: ["README.md"]),
    .target(
      name: "OpenCLBackend",
      dependencies: [
        "LinearAlgebra", "COpenCL", "CCLBlast", "COpenBLAS", "Kernels",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      exclude: ["README.md"]),
    .target(
      name: "DeterministicEquivalents",
      dependencies: ["LinearAlgebra", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md", "Errors/FiniteSize.md"]),
    .target(
      name: "MaskedRegression",
      dependencies: ["LinearAlgebra", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "Simulation",
      dependencies: [
        "LinearAlgebra", "DeterministicEquivalents", "MaskedRegression", "DataFiles",
        .product(name: "Yams", package: "Yams"),
      ],
      exclude: ["README.md", "Configuration/README.md"],
      resources: [
        .embedInCode("Examples/learning-curve.yaml"), .embedInCode("Examples/ridge-path.yaml"),
        .embedInCode("Examples/correlated.yaml"), .embedInCode("Examples/unequal-noise.yaml"),
        .embedInCode("Examples/heavy-tails.yaml"), .embedInCode("Examples/masking-ratio.yaml"),
        .embedInCode("Examples/partition.yaml"), .embedInCode("Examples/spectrum.yaml"),
        .embedInCode("Examples/transition.yaml"),
      ]),
    .target(name: "DataFiles", exclude: ["README.md"]),
    .target(name: "Figures", dependencies: ["DataFiles"], exclude: ["README.md"]),
    .executableTarget(
      name: "lacuna",
      dependencies: [
        "LinearAlgebra", "HostBackend", "OpenCLBackend", "DeterministicEquivalents", "MaskedRegression",
        "Simulation", "DataFiles", "Figures",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["README.md"]),
    .testTarget(
      name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"]),
    .testTarget(
      name: "BackendConformanceTests", dependencies: ["LinearAlgebra", "HostBackend", "OpenCLBackend"],
      exclude: ["README.md"]),
    .testTarget(
      name: "OpenCLBackendTests", dependencies: ["OpenCLBackend", "LinearAlgebra", "COpenBLAS"]),
    .testTarget(
      name: "DeterministicEquivalentsTests",
      dependencies: [
        "DeterministicEquivalents", "HostBackend", "LinearAlgebra",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "MaskedRegressionTests", dependencies: ["MaskedRegression", "HostBackend"]),
    .testTarget(
      name: "SimulationTests", dependencies: ["Simulation", "HostBackend", "OpenCLBackend", "DataFiles"]),
    .testTarget(name: "DataFilesTests", dependencies: ["DataFiles"]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures"]),
    .testTarget(
      name: "CommandTests", dependencies: ["lacuna", "DataFiles"]),
  ],
  swiftLanguageModes: [.v6]
)
