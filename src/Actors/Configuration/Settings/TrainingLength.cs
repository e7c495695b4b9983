namespace R1Reward.Actors.Configuration.Settings;

/// <summary>How long a stage trains: so many steps, or so many passes over its data.</summary>
/// <param name="Steps">Steps; 1 while only the passes are known.</param>
/// <param name="Epochs">Passes over the data of the stage, as TRL's <c>num_train_epochs</c>; 0: steps count.</param>
public readonly record struct TrainingLength(int Steps, double Epochs)
{
    /// <summary>Reads <c>steps</c> and <c>num-train-epochs</c> of a section; a user writes one of them.</summary>
    public static TrainingLength Read(SettingsReader reader, string section, int leastSteps)
    {
        var (steps, epochs) = (section + ".steps", section + ".num-train-epochs");
        var passes = reader.Number(epochs, 0, 100_000);
        if (passes == 0)
        {
            return new TrainingLength(reader.Whole(steps, leastSteps), 0);
        }

        if (reader.IsWritten(steps) && reader.Text(steps) != "0")
        {
            reader.Refuse(
                epochs, $"{steps} = {reader.Text(steps)} is written, too; write one of them, or 0 for the other");
        }

        return new TrainingLength(1, passes);
    }

    /// <summary>The steps of the passes over so many items, the last one rounded up.</summary>
    public int StepsOver(long items, int itemsPerStep) =>
        Epochs == 0 ? Steps : (int)Math.Ceiling(Epochs * items / itemsPerStep);
}
