namespace R1Reward.Rewards.Judge;

/// <summary>Which of the two OpenAI interfaces a judge is asked by.</summary>
public enum JudgeApi
{
    /// <summary><c>POST chat/completions</c>: messages, pictures allowed.</summary>
    Chat,

    /// <summary><c>POST completions</c>: system and user text as one prompt, for servers of base models.</summary>
    Completions,
}
