using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests;

/// <summary>Every published case of the R1 system is tested somewhere or skipped by name: none is passed over in silence.</summary>
public sealed class FixtureCoverageTests
{
    /// <summary>Cases whose tests lie in this project.</summary>
    private static readonly string[] Here =
    [
        "r1_advantage_filter", "r1_advantages", "r1_consistency_judge", "r1_format_and_extraction", "r1_kl_and_token_reward",
        "r1_kl_controllers", "r1_repetition_penalty", "r1_response_from_query", "r1_verifier",
    ];

    /// <summary>Cases about data, models, losses and batches, which the Data and Policy test projects own.</summary>
    private static readonly string[] Elsewhere =
    [
        "r1_chunks_and_frames", "r1_pair_losses", "r1_policy_loss", "r1_preference_losses", "r1_replay_buffer", "r1_sequence_masks",
        "r1_token_losses", "r1_value_loss", "r1_reward_service",
    ];

    [FixtureFact]
    public void Every_published_case_has_a_place()
    {
        var cases = Directory.EnumerateFiles(Fixtures.Path("rl-and-rewards"), "r1_*.json").Select(file => Path.GetFileNameWithoutExtension(file)!);
        Assert.Empty(cases.Except([.. Here, .. Elsewhere]));
    }
}
