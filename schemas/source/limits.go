package source

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of the input. They are Sallyport's, not Kubernetes'. They bound the time and the
// memory of a run on any input, and are far beyond what a cluster accepts.
const (
	MaxInput    = 20 << 20  // bytes of a file: 13 times etcd's default limit for an object
	maxLines    = 2_000_000 // lines of a file
	maxValues   = 500_000   // values of a file that are parsed at once, see weigh
	maxInList   = 400_000   // values of a ResourceList: they are parsed as a part of it and by themselves
	maxUnread   = 2_500_000 // these and the nodes of what is not parsed, see unread.weigh
	maxNodes    = 1_000_000 // nodes that the aliases of an input may expand to
	maxDepth    = 200       // levels of nesting in a document; the library stops at 10,000
	maxMistakes = 1_000     // errors that are reported for a document
	maxText     = 1_000     // bytes of one part of a Diagnostic, which may quote a value
)

// ReadText reads a text up to one byte more than MaxInput, so that Parse reports that it is too long.
// Memory is used twice for the text, and not more often as it grows.
func ReadText(r io.Reader) (string, error) {
	var parts [][]byte
	size := 0
	for err := error(nil); err == nil && size <= MaxInput; {
		part := make([]byte, min(64<<10<<min(len(parts), 4), MaxInput+1-size))
		n := 0
		if n, err = io.ReadFull(r, part); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return "", err
		}
		parts, size = append(parts, part[:n]), size+n
	}
	if len(parts) == 1 {
		return string(parts[0]), nil
	}
	var b strings.Builder
	b.Grow(size)
	for _, part := range parts {
		b.Write(part)
	}
	return b.String(), nil
}

// TooLong returns the error about a file of more than MaxInput bytes. It returns nothing for other
// files.
func TooLong(file, text string) Diagnostics {
	if len(text) <= MaxInput {
		return nil
	}
	return tooLarge(file, "the input has more than %d bytes", MaxInput)
}

// TooHeavy returns the error about a file with more lines or values than there is time and memory
// for. It returns nothing for other files. Unread is the weight of what is not parsed.
func TooHeavy(file, text string, unread int) Diagnostics {
	return weigh(text).tooHeavy(file, maxValues, unread)
}

// TooHeavy is TooHeavy for a ResourceList.
func (t *Thinned) TooHeavy() Diagnostics { return weigh(t.Text).tooHeavy("", maxInList, t.Weight) }

func (w weight) tooHeavy(file string, most, unread int) Diagnostics {
	switch {
	case w.lines > maxLines:
		return tooLarge(file, "the input has %d lines, and %d is the limit", w.lines, maxLines)
	case w.values > most:
		return tooLarge(file, "the input has about %d values, and %d is the limit", w.values, most)
	case w.values+unread > maxUnread:
		return tooLarge(file, "the input has about %d values, and %d is the limit", w.values+unread, maxUnread)
	}
	return nil
}

func tooLarge(file, format string, args ...any) Diagnostics {
	return Diagnostics{{Code: InputLimit, Severity: Error, File: file, Message: fmt.Sprintf(format, args...), WayOut: "split it into several files"}}
}

// tooMany returns the error that replaces the first one beyond maxMistakes. The errors after
// it are not collected.
func (d Diagnostic) tooMany() Diagnostic {
	d.Code, d.Current, d.Proposed = InputLimit, Value{}, Value{}
	d.Message = fmt.Sprintf("the document has more than %d errors, and the rest is not reported", maxMistakes)
	d.WayOut = "fix the errors before this one first"
	return d
}

// short returns the Diagnostic with long texts cut in the middle.
func (d Diagnostic) short() Diagnostic {
	for _, part := range []*string{&d.Message, &d.WayOut, &d.Path, &d.Object.APIVersion, &d.Object.Kind, &d.Object.Namespace, &d.Object.Name} {
		if n := len(*part); n > maxText {
			text := (*part)[:maxText/2] + " ... " + (*part)[n-maxText/2:]
			*part = strings.ToValidUTF8(text, "")
		}
	}
	if len(d.Current.Text)+len(d.Proposed.Text) > maxText {
		d.Current, d.Proposed = Value{}, Value{}
	}
	return d
}
