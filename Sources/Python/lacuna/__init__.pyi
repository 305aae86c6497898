from . import plot as plot
from ._estimator import MaskedRegression as MaskedRegression
from ._library import LacunaError as LacunaError
from ._library import devices as devices
from ._named import EASE as EASE
from ._named import MaskedImputer as MaskedImputer
from ._named import MaskedOutlierDetector as MaskedOutlierDetector
from ._program import bench as bench
from ._study import Results as Results
from ._study import optimal_ridge as optimal_ridge
from ._study import simulate as simulate
from ._study import spectral_density as spectral_density
from ._study import theory as theory
from ._study import threshold as threshold

__version__: str
