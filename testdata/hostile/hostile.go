// Package hostile has values that an encoder can get wrong.
package hostile

import (
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Strings are those that a simple encoder would write wrongly.
var Strings = []string{"", " ", "a ", " a", "yes", "No", "~", "null", "1", "1e3", "0x1F", "0o7", "017", "1_000", "1:20", "10.0.0.1", "1.2",
	"12.34.56", ".5", "-", "- a", "a: b", "a:b", "a #b", "#", "&a", "*a", "!a", "|", ">", "%", "@", "`", "'", "\"", "{", "[", "a,b", "\\", "\t",
	"a\nb", "a\nb\n", "\n", "a\r\nb", "é", "\u2028", "\x00", "\x01", "\x1b", "\x7f", "a\u0085b", "\ufffe", "\ufeff", "\U0001F600", "<<", "=", "?", "? a", "---", "...", "2001:db8::1", "2001:db8::1/128", "2001:db8:1:2:3:4:5:6", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8/64", "1::2:3", "a:b:1", "a:b:", "1:2e3:4", "2001:db8::", "::/0", "12:30:45", "e:1:2/", "10.0.0.0/8", "10.0.0.0/", "1.2.3./4", "1.2.3.4/5/6", "/8", "2024-01-01",
	"y", "N", "on", "OFF", "nan", ".nan", "inf", "tcp://a.b:9090", strings.Repeat("long words ", 20), strings.Repeat("x", 200), "a" + strings.Repeat(" b", 60)}

// ConfigMap returns a ConfigMap with a key, and with a value in all places that have text.
func ConfigMap(key, value string) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Name: "x", Annotations: map[string]string{"k": value}, Labels: map[string]string{key: "v"}, Finalizers: []string{value}},
		Data:       map[string]string{"k": value, "z": "z"},
	}
}
