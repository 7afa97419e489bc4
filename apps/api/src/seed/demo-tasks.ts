export interface DemoTask {
  title: string;
  description?: string;
  completed?: boolean;
  /** Relative to today. Undefined for a task without a due date. */
  dueInDays?: number;
  createdDaysAgo: number;
}

/** Thirty realistic tasks, oldest first. */
export const demoTasks: DemoTask[] = [
  {
    createdDaysAgo: 34,
    title: 'Renew passport',
    description: 'Photo first. Appointments open on Mondays at 8.',
  },
  { createdDaysAgo: 31, title: 'Cancel gym membership', dueInDays: -4, completed: true },
  { createdDaysAgo: 30, title: 'Back up the laptop', completed: true },
  {
    createdDaysAgo: 28,
    title: 'Book dentist',
    description: 'Ask about the left molar.',
    dueInDays: -12,
    completed: true,
  },
  { createdDaysAgo: 27, title: 'Read “Thinking in Systems”', description: 'Chapter 4 next.' },
  { createdDaysAgo: 25, title: 'Return library books', dueInDays: -9, completed: true },
  {
    createdDaysAgo: 24,
    title: 'Fix the dripping tap in the bathroom',
    description: 'Washer 3/8", in the blue box.',
  },
  { createdDaysAgo: 22, title: 'File expenses for October', dueInDays: -6, completed: true },
  { createdDaysAgo: 21, title: 'Call grandma', completed: true },
  { createdDaysAgo: 20, title: 'Compare electricity tariffs', dueInDays: 12 },
  {
    createdDaysAgo: 18,
    title: 'Sort photos from Lisbon',
    description: 'About 400. Keep the tram, drop the blurry ones.',
  },
  { createdDaysAgo: 17, title: 'Get bike serviced', dueInDays: -2, completed: true },
  { createdDaysAgo: 16, title: 'Prepare slides for the team meeting', dueInDays: -5, completed: true },
  { createdDaysAgo: 14, title: 'Write to the landlord about the heating', dueInDays: -1 },
  { createdDaysAgo: 13, title: 'Order printer ink' },
  {
    createdDaysAgo: 12,
    title: 'Plan the weekend with Zoë and Jörg',
    description: 'Hut or lake? Check trains.',
    dueInDays: 4,
  },
  { createdDaysAgo: 11, title: 'Vaccination for the cat', dueInDays: 9 },
  { createdDaysAgo: 10, title: 'Learn the first Satie Gymnopédie' },
  { createdDaysAgo: 9, title: 'Pay the water bill', dueInDays: 0 },
  { createdDaysAgo: 8, title: 'Review pull request from Amara', completed: true },
  { createdDaysAgo: 7, title: 'Replace kitchen light bulb', completed: true },
  {
    createdDaysAgo: 6,
    title: 'Find a present for Ines',
    description: 'She mentioned a ceramics course.',
    dueInDays: 7,
  },
  {
    createdDaysAgo: 5,
    title: 'Draft the talk proposal',
    description: 'Working title: boring databases. 300 words.',
    dueInDays: 2,
  },
  {
    createdDaysAgo: 4,
    title: 'Groceries',
    description: 'Oats, lemons, olive oil, coffee, dishwasher salt',
    dueInDays: 0,
  },
  { createdDaysAgo: 3, title: 'Water the plants', dueInDays: 1 },
  { createdDaysAgo: 3, title: 'Ask Tom for the lasagne recipe' },
  { createdDaysAgo: 2, title: 'Update CV', dueInDays: 20 },
  { createdDaysAgo: 2, title: 'Clear out the inbox', completed: true },
  {
    createdDaysAgo: 1,
    title: 'Pick up parcel',
    description: 'Locker 14, code in the text message.',
    dueInDays: 1,
  },
  { createdDaysAgo: 0, title: 'Try this app', description: 'Edit me, check me off, delete me and undo it.' },
];
