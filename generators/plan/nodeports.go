package plan

import "sallyport.dev/schemas/v1alpha1"

// The band of node ports from which the API server chooses, where it can (KEP-3668).
const (
	NodePortBand    = 30086
	NodePortBandEnd = v1alpha1.NodePortMax
)

// InNodePortBand reports whether the cluster may have assigned a node port to another Service.
func InNodePortBand(number int32) bool {
	return number >= NodePortBand && number <= NodePortBandEnd
}
