using System.Globalization;
using R1Reward.ScalarModels;

// What bench/srm/run has trained: curves into the folder of the second argument, a table on standard output.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is not [var runs, var plots])
{
    Console.Error.WriteLine("srm.dll RUNS PLOTS: the folder of the runs, and that of the curves");
    return 2;
}

Curves.Draw(runs, plots);
Questions.Print(Path.Combine(runs, "results"));
return 0;
