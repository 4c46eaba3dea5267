package plan

import "sallyport.dev/schemas/v1alpha1"

// NodePortBand is the first node port of the band from which the API server chooses, where it can
// (KEP-3668).
const NodePortBand = 30086

// InNodePortBand reports whether the cluster may have assigned a node port to another Service.
func InNodePortBand(number int32) bool {
	return number >= NodePortBand && number <= v1alpha1.NodePortMax
}
