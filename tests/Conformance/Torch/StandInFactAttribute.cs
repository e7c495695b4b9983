using TorchSharp;

namespace R1Reward.Conformance.Torch;

/// <summary>A fact about the stand-in alone, skipped on the official package (known by the members left out of the stand-in).</summary>
internal sealed class StandInFactAttribute : FactAttribute
{
    public StandInFactAttribute()
    {
        if (typeof(torch).Assembly.GetType("TorchSharp.torch+optim") is not null)
        {
            Skip = "the official TorchSharp is loaded";
        }
    }
}
