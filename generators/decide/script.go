package decide

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"

	"sallyport.dev/schemas/source"
)

//go:embed discover.sh
var discoverScript string

// discoverSh returns the script with its timeout, which validation has checked.
func discoverSh(timeout string) string {
	return strings.Replace(discoverScript, "TIMEOUT=300", fmt.Sprintf("TIMEOUT=%d", seconds(timeout)), 1)
}

var durationPart = source.Pattern(`(\d+)([hms])`)

func seconds(timeout string) int {
	total := 0
	for _, m := range durationPart().FindAllStringSubmatch(timeout, -1) {
		n, _ := strconv.Atoi(m[1])
		total += n * map[string]int{"h": 3600, "m": 60, "s": 1}[m[2]]
	}
	return total
}
