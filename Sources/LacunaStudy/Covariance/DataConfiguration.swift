import LacunaAlgebra

/// Where samples come from: `data` in a configuration.
///
/// Rows are Σ^{1/2}z with independent entries z of mean 0 and variance 1.
public struct DataConfiguration: Sendable, Equatable {
  /// `data.model`, with the keys that belong to it: the family of Σ.
  public var model: Model
  /// `data.coordinates`: d ≥ 2.
  public var coordinates: Int
  /// `data.samples`, or round(d/γ) for each γ of `data.aspect_ratio`: the sample counts n ≥ 1, in the order given.
  public var samples: [Int]
  /// `data.noise.law`: the law of the independent entries; Gaussian by default.
  public var law: EntryLaw

  public init(model: Model, coordinates: Int, samples: [Int], law: EntryLaw = .gaussian) {
    self.model = model
    self.coordinates = coordinates
    self.samples = samples
    self.law = law
  }

  /// `data.spikes`: rank-one parts of Σ; empty where the model has none.
  public var spikes: [Spike] { model.family.spikes }
}

extension DataConfiguration {
  /// A family of Σ with its values. Each family has a file under `Models`, with the function here that makes it.
  public struct Model: Sendable, Equatable {
    let family: any DataModel

    init(_ family: any DataModel) { self.family = family }

    /// Every family there is; a new one is a type and its line here.
    static let families: [any DataModel.Type] = [
      IsotropicModel.self, SpikedModel.self, DiagonalModel.self, AutoregressiveModel.self, ToeplitzModel.self,
      CirculantModel.self, BlockModel.self, PowerLawModel.self, FileModel.self,
    ]

    /// The words that choose a family.
    public static var words: [String] { families.map { $0.word } }

    /// The word that chooses this one.
    public var word: String { type(of: family).word }

    public static func == (a: Model, b: Model) -> Bool { a.family.isEqual(to: b.family) }

    /// The keys of all families, each once.
    static let keys: [DataKey] = families.flatMap { $0.keys }.reduce(into: []) { keys, key in
      if !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
    }
  }
}
