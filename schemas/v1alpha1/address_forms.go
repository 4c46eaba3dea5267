package v1alpha1

import (
	"net/netip"
	"regexp"
	"strings"

	"sallyport.dev/schemas/source"
)

// An AddressForm is what a provider takes as the address of one load balancer. There is a fixed
// number of them. The zero form takes no address.
type AddressForm struct {
	What    string              // for messages, after "takes"
	Example string              // for messages, after "write"
	one     func(string) bool   // whether an address of the list is right; nil: see balancerAddress
	many    bool                // it may be a list with commas
	fits    func([]string) bool // whether the list as a whole is right; nil: any is
}

// The forms of addresses. With one of each family, the IPv4 one comes first.
var (
	opaque     = AddressForm{What: "one address", Example: "203.0.113.7"}
	ips        = AddressForm{What: "an IP address, or one of each family", Example: "203.0.113.7", many: true}
	oneIP      = AddressForm{What: "one IP address", Example: "203.0.113.7", one: isIP}
	oneIPv4    = AddressForm{What: "one IPv4 address", Example: "203.0.113.7", one: isIPv4}
	subnetIPs  = AddressForm{What: "IP addresses, an IPv4 address for each subnet", Example: "10.0.1.10,10.0.2.10", one: isIP, many: true}
	ipOrName   = AddressForm{What: "an IP address or the name of an address, or one of each family", Example: "kafka-0", one: or2(isIP, matches(resourceName)), many: true, fits: atMostTwo}
	ipOrNames  = AddressForm{What: "an IP address, the name of an address, or a name for each family", Example: "kafka-0", one: or2(isIP, matches(resourceName)), many: true, fits: oneIPOrTwoNames}
	elasticIPs = AddressForm{What: "the ids of allocations of Elastic IPs, one for each subnet, and IPv6 addresses", Example: "eipalloc-0123456789abcdef0", one: or2(matches(allocation), isIPv6), many: true}
)

var (
	resourceName = source.Pattern(`^[a-zA-Z]([-a-zA-Z0-9_.]{0,78}[a-zA-Z0-9_])?$`)
	allocation   = source.Pattern(`^eipalloc-[0-9a-f]{8,17}$`)
)

func isIP(s string) bool { ip, err := netip.ParseAddr(s); return err == nil && endpointIP(ip) == "" }

func isIPv4(s string) bool { return isIP(s) && !isIPv6(s) }

func isIPv6(s string) bool { return strings.Contains(s, ":") && isIP(s) }

func or2(a, b func(string) bool) func(string) bool {
	return func(s string) bool { return a(s) || b(s) }
}

func atMostTwo(all []string) bool {
	return len(all) <= 2 && (len(all) < 2 || isIP(all[0]) == isIP(all[1]))
}

func oneIPOrTwoNames(all []string) bool { return atMostTwo(all) && (len(all) == 1 || !isIP(all[0])) }

// right reports whether a text has the form.
func (f AddressForm) right(text string) bool {
	all := strings.Split(text, ",")
	if len(all) > 1 && !f.many || f.fits != nil && !f.fits(all) {
		return false
	}
	for _, s := range all {
		if !f.one(s) {
			return false
		}
	}
	return true
}

// balancerAddress checks one address of a load balancer, or one of each family, or of each subnet. It
// must have the form that the provider's row names.
func (v accessValidator) balancerAddress(lb *LoadBalancerSettings, text string, p source.Path) {
	v.literal(p, text)
	if text == "" {
		v.Errorf(source.Required, p, "write the address, or leave the list out", "an address of the list is empty")
	}
	row := lb.Provider.Row()
	form := row.Takes(lb)
	switch {
	case text == "" || row.NoAddress: // that no address can be asked for is reported
	case form.What == "":
		v.Errorf(source.Contradiction, p, "set internal: true, or take the address out", "provider %s only takes the address of an internal load balancer", row.Name)
	case form.one != nil && !form.right(text):
		v.Errorf(source.Invalid, p, "write it as "+form.Example, "provider %s takes %s, and not %q", row.Name, form.What, text)
	case form.one != nil:
	case form.many:
		all := strings.Split(text, ",")
		for _, s := range all {
			v.address(p, s)
		}
		if has := familiesOfText(text); len(has) > 0 && len(has) < len(all) {
			v.Errorf(source.Invalid, p, "keep one address, or one of each family", "a load balancer takes %s, and not %q", form.What, text)
		}
	case strings.Contains(text, ","):
		v.Errorf(source.Invalid, p, "keep one address, or name a provider that takes one of each family",
			"provider %s takes one address, and not %q", row.Name, text)
	case endsWithNumber(text):
		v.address(p, text)
	}
}

func matches(pattern func() *regexp.Regexp) func(string) bool {
	return func(text string) bool { return pattern().MatchString(text) }
}
