using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Vision;

namespace R1Reward.Policy.Models;

/// <summary>
/// The towers over the media of one micro-batch, with their activations computed again instead of kept.
/// </summary>
/// <param name="Vision">The pass over pictures and videos; null where there are none, or that tower is frozen.</param>
/// <param name="Audio">The pass over sounds; null where there are none, or that tower is frozen.</param>
internal sealed record MediaPass(TowerPass? Vision, AudioPass? Audio)
{
    /// <summary>Carries the gradients of the tokens on into the weights of the towers.</summary>
    internal void FinishBackward()
    {
        Vision?.FinishBackward();
        Audio?.FinishBackward();
    }
}
