namespace R1Reward.Rewards.Remote;

/// <summary>How a reward server is spoken to.</summary>
public enum RemoteProtocol
{
    /// <summary><c>POST /get_reward_mllm</c> of R1-Reward: <c>query</c> and <c>prompts</c>.</summary>
    R1,

    /// <summary>
    /// <c>POST /get_reward</c> of LightRFT: <c>queries</c>, <c>prompts</c>, <c>references</c>, <c>images</c>.
    /// </summary>
    LightRft,

    /// <summary><c>POST /compute</c> of Flow-Factory, items scored one by one: prompts, pictures and videos.</summary>
    Pointwise,

    /// <summary><c>POST /compute</c> of Flow-Factory, all items of a call as one group.</summary>
    Groupwise,
}
