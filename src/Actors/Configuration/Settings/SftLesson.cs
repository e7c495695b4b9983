namespace R1Reward.Actors.Configuration.Settings;

/// <summary>What a model learns to write in the cold start.</summary>
public enum SftLesson
{
    /// <summary>A judgment of a question with two responses, as a judge gives it.</summary>
    Judgments,

    /// <summary>
    /// The preferred response to a question, in the turns in which a scalar model reads it (Ouyang et al. 2022 begin
    /// their reward models with a model that was taught to respond).
    /// </summary>
    Responses,
}
