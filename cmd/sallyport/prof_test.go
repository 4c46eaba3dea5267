package main
import ("testing";"os")
func TestProf(t *testing.T){ sallyport("", "import", os.Getenv("PF")) }
