namespace R1Reward.Actors.Configuration.Settings;

/// <summary>The critic of generalised advantage estimation.</summary>
/// <param name="LearningRate">Constant learning rate.</param>
/// <param name="ValueClip">Furthest move from the value at rollout that counts; null: not clipped.</param>
public sealed record CriticSettings(double LearningRate, double? ValueClip)
{
    /// <summary>Reads the keys under <c>r1reward.rl.critic</c>.</summary>
    public static CriticSettings Read(SettingsReader reader) => new(
        reader.Number("r1reward.rl.critic.learning-rate", 0, 1),
        reader.Number("r1reward.rl.critic.value-clip", 0) is var clip and > 0 ? clip : null);
}
