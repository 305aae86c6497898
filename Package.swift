// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "lacuna",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "lacuna", targets: ["lacuna"]),
    // The theory alone.
    .library(name: "DeterministicEquivalents", targets: ["DeterministicEquivalents"]),
    // Fits of given data, on the host.
    .library(name: "LacunaEstimator", targets: ["MaskedRegression", "LacunaHost", "LacunaAlgebra"]),
    // Studies, simulation beside theory, on any device.
    .library(
      name: "LacunaStudies", targets: ["LacunaStudy", "LacunaDevices", "LacunaFiles", "LacunaFigures", "LacunaAlgebra"]),
    // The same for C and what calls C, by Sources/CInterface/lacuna.h.
    .library(name: "LacunaC", type: .dynamic, targets: ["CInterface"]),
  ],
  traits: [
    .trait(
      name: "MPI", description: "One problem over the processes of an MPI job: lacuna simulate STUDY --device mpi.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-numerics", from: "1.1.0"),
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
  ],
  targets: [
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "COpenCL", pkgConfig: "OpenCL", providers: [.apt(["ocl-icd-opencl-dev", "pocl-opencl-icd"])]),
    .systemLibrary(name: "CCLBlast", pkgConfig: "clblast", providers: [.apt(["libclblast-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    // With the trait MPI alone.
    .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"]), .brew(["open-mpi"])]),
    .systemLibrary(
      name: "CScaLAPACK", pkgConfig: "scalapack-openmpi",
      providers: [.apt(["libscalapack-openmpi-dev"]), .brew(["scalapack"])]),
    .systemLibrary(name: "CELPA", pkgConfig: "elpa", providers: [.apt(["libelpa-dev"])]),
    .target(
      name: "LacunaKernels", path: "Kernels", exclude: ["README.md"], sources: ["KernelSource.swift"],
      resources: [
        .embedInCode("autoregress.cl"),
        .embedInCode("band.cl"),
        .embedInCode("band_factor.cl"),
        .embedInCode("band_forms.cl"),
        .embedInCode("bisection.cl"),
        .embedInCode("blocks.cl"),
        .embedInCode("cholesky.cl"),
        .embedInCode("circulant.cl"),
        .embedInCode("common.cl"),
        .embedInCode("diagonal.cl"),
        .embedInCode("divide.cl"),
        .embedInCode("dots.cl"),
        .embedInCode("elementwise.cl"),
        .embedInCode("fill.cl"),
        .embedInCode("finite.cl"),
        .embedInCode("leave_samples_out.cl"),
        .embedInCode("masked_gram.cl"),
        .embedInCode("mix_blocks.cl"),
        .embedInCode("mma.cl"),
        .embedInCode("probe.cl"),
        .embedInCode("reflectors.cl"),
        .embedInCode("resolvent_forms.cl"),
        .embedInCode("ritz.cl"),
        .embedInCode("secular.cl"),
        .embedInCode("skinny.cl"),
        .embedInCode("tiles.cl"),
        .embedInCode("triangle.cl"),
        .embedInCode("triangular.cl"),
        .embedInCode("tridiagonal.cl"),
      ]),
    .target(
      name: "LacunaFourier",
      dependencies: [.product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "LacunaAlgebra",
      dependencies: ["LacunaFourier", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "LacunaConformance",
      dependencies: ["LacunaAlgebra", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "LacunaVerification", dependencies: ["LacunaAlgebra"], exclude: ["README.md"]),
    .target(
      name: "LacunaHost", dependencies: ["LacunaAlgebra", "LacunaFourier", "COpenBLAS"], exclude: ["README.md"]),
    .target(
      name: "LacunaOpenCL",
      dependencies: [
        "LacunaAlgebra", "LacunaFourier", "LacunaHost", "COpenCL", "CCLBlast", "LacunaKernels",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      exclude: ["README.md"]),
    .target(
      name: "LacunaMPI",
      dependencies: [
        "LacunaAlgebra", "LacunaHost", "COpenBLAS", .product(name: "RealModule", package: "swift-numerics"),
        .target(name: "CMPI", condition: .when(traits: ["MPI"])),
        .target(name: "CScaLAPACK", condition: .when(traits: ["MPI"])),
        .target(name: "CELPA", condition: .when(traits: ["MPI"])),
      ],
      exclude: ["README.md"]),
    .target(
      name: "LacunaDevices",
      dependencies: [
        "LacunaAlgebra", "LacunaHost", "LacunaOpenCL", "LacunaVerification", "LacunaFiles",
        .target(name: "LacunaMPI", condition: .when(traits: ["MPI"])),
      ],
      exclude: ["README.md"]),
    .target(
      name: "DeterministicEquivalents",
      dependencies: ["LacunaAlgebra", "LacunaFourier", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "MaskedRegression",
      dependencies: ["LacunaAlgebra", .product(name: "RealModule", package: "swift-numerics")],
      exclude: ["README.md"]),
    .target(
      name: "LacunaStudy",
      dependencies: [
        "LacunaAlgebra", "DeterministicEquivalents", "MaskedRegression", "LacunaFiles", "LacunaFigures",
        "CYAML",
      ],
      exclude: ["README.md", "Configuration/README.md"],
      resources: [
        .embedInCode("Examples/learning-curve.yaml"), .embedInCode("Examples/ridge-path.yaml"),
        .embedInCode("Examples/correlated.yaml"), .embedInCode("Examples/unequal-noise.yaml"),
        .embedInCode("Examples/heavy-tails.yaml"), .embedInCode("Examples/masking-ratio.yaml"),
        .embedInCode("Examples/partition.yaml"), .embedInCode("Examples/spectrum.yaml"),
        .embedInCode("Examples/transition.yaml"), .embedInCode("Examples/collapse.yaml"),
      ]),
    .target(name: "LacunaFiles", dependencies: ["CZlib"], exclude: ["README.md"]),
    .target(
      name: "LacunaFigures", dependencies: ["LacunaFiles"], exclude: ["README.md", "Fonts/OFL.txt", "Fonts/make"],
      resources: [
        .embedInCode("TheoryPage/page.html"), .embedInCode("TheoryPage/page.js"), .embedInCode("TheoryPage/plot.js"),
        .embedInCode("TheoryPage/theory.js"),
      ]),
    .target(
      name: "LacunaFits",
      dependencies: [
        "LacunaAlgebra", "DeterministicEquivalents", "MaskedRegression", "LacunaFiles", "LacunaFigures",
        .product(name: "RealModule", package: "swift-numerics"),
      ],
      exclude: ["README.md"]),
    .target(
      name: "CInterface",
      dependencies: [
        "LacunaAlgebra", "LacunaHost", "DeterministicEquivalents", "MaskedRegression", "LacunaDevices", "LacunaFiles",
        "LacunaStudy", "LacunaFits",
      ],
      exclude: ["README.md", "lacuna.h"]),
    .executableTarget(
      name: "lacuna",
      dependencies: [
        "LacunaConformance",
        "LacunaAlgebra", "LacunaDevices", "DeterministicEquivalents", "MaskedRegression", "LacunaStudy",
        "LacunaFiles", "LacunaFigures", "LacunaFits",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      exclude: ["README.md"]),
    .testTarget(
      name: "LacunaAlgebraTests", dependencies: ["LacunaAlgebra"]),
    .testTarget(
      name: "LacunaFourierTests", dependencies: ["LacunaFourier", "LacunaAlgebra"]),
    .testTarget(
      name: "LacunaConformanceTests",
      dependencies: ["LacunaAlgebra", "LacunaConformance", "LacunaHost", "LacunaOpenCL", "LacunaVerification"],
      exclude: ["README.md"]),
    .testTarget(
      name: "LacunaOpenCLTests", dependencies: ["LacunaOpenCL", "LacunaAlgebra", "LacunaHost"]),
    .testTarget(
      name: "LacunaDevicesTests", dependencies: ["LacunaDevices", "LacunaAlgebra", "LacunaHost"]),
    .testTarget(
      name: "DeterministicEquivalentsTests",
      dependencies: [
        "DeterministicEquivalents", "LacunaHost", "LacunaAlgebra",
        .product(name: "RealModule", package: "swift-numerics"),
      ]),
    .testTarget(
      name: "MaskedRegressionTests", dependencies: ["MaskedRegression", "LacunaHost", "LacunaOpenCL"]),
    .testTarget(
      name: "LacunaStudyTests", dependencies: ["LacunaStudy", "LacunaHost", "LacunaOpenCL", "LacunaFiles"]),
    .testTarget(name: "LacunaFilesTests", dependencies: ["LacunaFiles"]),
    .testTarget(name: "LacunaFiguresTests", dependencies: ["LacunaFigures"]),
    .testTarget(
      name: "LacunaFitsTests",
      dependencies: [
        "LacunaFits", "MaskedRegression", "DeterministicEquivalents", "LacunaHost", "LacunaAlgebra", "LacunaFiles",
      ]),
    .testTarget(
      name: "CommandTests", dependencies: ["lacuna", "LacunaFiles"]),
  ],
  swiftLanguageModes: [.v6]
)
